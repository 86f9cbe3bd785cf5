// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace xenacm::audit {

namespace {

using Done = std::expected<void, std::string>;

Done failure(const std::filesystem::path& file) {
  return std::unexpected("cannot write " + file.string() + ": " + std::strerror(errno));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A name is durable once its folder is.
bool sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

// Beside the file, for it to get its name once it is whole. What a predecessor left there, who died, is dropped.
Done write_beside(const std::filesystem::path& beside, const std::string& text) {
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failure(beside);
  const Done done = write_all(fd, text) && ::fsync(fd) == 0 ? Done() : failure(beside);
  ::close(fd);
  return done;
}

std::filesystem::path beside(const std::filesystem::path& file) { return file.string() + ".new"; }

}  // namespace

Done create_file(const std::filesystem::path& file, const std::string& text) {
  if (auto written = write_beside(beside(file), text); !written) return written;
  const Done named = ::link(beside(file).c_str(), file.c_str()) == 0 ? Done() : failure(file);
  ::unlink(beside(file).c_str());
  if (!named) return named;
  return sync_folder(file.parent_path()) ? Done() : failure(file);
}

Done replace_file(const std::filesystem::path& file, const std::string& text) {
  if (auto written = write_beside(beside(file), text); !written) return written;
  if (::rename(beside(file).c_str(), file.c_str()) != 0) return failure(file);
  return sync_folder(file.parent_path()) ? Done() : failure(file);
}

std::optional<std::string> contents_of(const std::filesystem::path& file) {
  constexpr std::size_t kMost = std::size_t{64} * 1024;
  // O_NONBLOCK: a pipe in its place holds nobody up.
  const int fd = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text(kMost, '\0');
  const ssize_t size = ::read(fd, text.data(), text.size());
  ::close(fd);
  if (size < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace xenacm::audit
