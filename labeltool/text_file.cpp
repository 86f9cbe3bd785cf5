// SPDX-License-Identifier: Apache-2.0
#include "labeltool/text_file.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace xenacm::labeltool {

namespace {

std::unexpected<std::string> trouble(const std::string& what) {
  return std::unexpected(what + ": " + std::strerror(errno));
}

bool write_all(int fd, const std::string& contents) {
  std::size_t done = 0;
  while (done < contents.size()) {
    const ssize_t written = ::write(fd, contents.data() + done, contents.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

bool copy_attributes(const std::filesystem::path& from, int to) {
  std::vector<char> names(XATTR_LIST_MAX);
  std::vector<char> value(XATTR_SIZE_MAX);
  const ssize_t length = ::listxattr(from.c_str(), names.data(), names.size());
  if (length < 0) return errno == ENOTSUP;
  const auto end = names.begin() + length;
  for (auto name = names.begin(); name != end; name = std::find(name, end, '\0') + 1) {
    const ssize_t size = ::getxattr(from.c_str(), &*name, value.data(), value.size());
    if (size < 0 || ::fsetxattr(to, &*name, value.data(), static_cast<std::size_t>(size), 0) != 0) return false;
  }
  return true;
}

// The owner comes first: a change of it takes from the mode, and from the attributes.
bool make_alike(int fd, const std::filesystem::path& file, const struct stat& old) {
  return (::fchown(fd, old.st_uid, old.st_gid) == 0 || ::geteuid() != 0) && ::fchmod(fd, old.st_mode & 07777) == 0 &&
         copy_attributes(file, fd);
}

// The rename is durable once the folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) return std::unexpected<std::string>("it is a folder");
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::unexpected<std::string>(std::strerror(errno));
  std::ostringstream contents;
  contents << in.rdbuf();
  if (in.bad()) return std::unexpected<std::string>(std::strerror(errno));
  return contents.str();
}

std::expected<Replacement, std::string> Replacement::prepare(const std::filesystem::path& file,
                                                             const std::string& contents) {
  std::error_code failure;
  const std::filesystem::path target = std::filesystem::canonical(file, failure);
  struct stat old{};
  if (failure || ::stat(target.c_str(), &old) != 0) return trouble("cannot find " + file.string());
  std::string draft = target.string() + ".XXXXXX";
  const int fd = ::mkstemp(draft.data());
  if (fd < 0) return trouble("cannot write beside " + target.string());
  Replacement replacement(target, draft);
  const bool written = write_all(fd, contents) && make_alike(fd, target, old) && ::fsync(fd) == 0;
  const int reason = errno;
  ::close(fd);
  errno = reason;
  if (!written) return trouble("cannot write " + draft);
  return replacement;
}

Replacement::Replacement(Replacement&& other) noexcept
    : file_(std::move(other.file_)), draft_(std::exchange(other.draft_, {})) {}

Replacement::~Replacement() {
  if (!draft_.empty()) ::unlink(draft_.c_str());
}

std::expected<void, std::string> Replacement::put_in_place() {
  if (::rename(draft_.c_str(), file_.c_str()) != 0) return trouble("cannot replace " + file_.string());
  draft_.clear();
  sync_folder(file_.parent_path());
  return {};
}

}  // namespace xenacm::labeltool
