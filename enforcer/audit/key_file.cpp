// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "enforcer/audit/durable_file.h"

namespace xenacm::audit {

namespace {

constexpr std::size_t kMaxBytes = 16 * 1024;

std::unexpected<std::string> refused(const std::filesystem::path& file, const std::string& why) {
  return std::unexpected("the key of the audit log, " + file.string() + ", " + why);
}

// Why it is nobody's secret; empty: it is one.
std::string weakness(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return std::string("cannot be looked at: ") + std::strerror(errno);
  if (!S_ISREG(status.st_mode)) return "is not a plain file";
  if (status.st_uid != ::geteuid()) {
    return "belongs to the user " + std::to_string(status.st_uid) + ", not to the one that the daemon runs as";
  }
  if ((status.st_mode & 077) != 0) {
    return "could be read or changed by others than its owner. If nobody has, give it the mode 0600; otherwise move it "
           "away, for a new one to be made";
  }
  return {};
}

std::expected<SigningKey, std::string> read_key(int fd, const std::filesystem::path& file) {
  if (const std::string why = weakness(fd); !why.empty()) return refused(file, why);
  std::string text(kMaxBytes, '\0');
  const ssize_t size = ::read(fd, text.data(), text.size());
  if (size < 0) return refused(file, std::string("cannot be read: ") + std::strerror(errno));
  text.resize(static_cast<std::size_t>(size));
  auto key = SigningKey::from_pem(text);
  if (!key) return refused(file, "cannot be used: " + key.error());
  return key;
}

}  // namespace

std::expected<OpenedKey, std::string> open_key(const std::filesystem::path& state_dir) {
  const std::filesystem::path file = state_dir / kKeyFile;
  // O_NONBLOCK: a pipe in its place holds nobody up.
  const int fd = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0) {
    auto key = read_key(fd, file);
    ::close(fd);
    if (!key) return std::unexpected(std::move(key.error()));
    return OpenedKey{*std::move(key)};
  }
  if (errno != ENOENT) return refused(file, std::string("cannot be opened: ") + std::strerror(errno));
  SigningKey made = SigningKey::make();
  if (auto created = create_file(file, made.pem()); !created) return std::unexpected(std::move(created.error()));
  return OpenedKey{std::move(made), true};
}

}  // namespace xenacm::audit
