// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace xenacm::ledger {

namespace {

// The pid that the holder wrote into the file, for the message alone.
std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  return size > 0 ? " (pid " + std::string(text.data(), static_cast<std::size_t>(size)) + ")" : "";
}

}  // namespace

std::expected<LockFile, std::string> LockFile::acquire(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected("cannot open " + file.string() + ": " + std::strerror(errno));
  LockFile lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return std::unexpected("another acm-enforcerd" + holder_of(fd) + " uses the state directory " +
                           file.parent_path().string() + "; stop it first, or give another --state-dir");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return std::unexpected("cannot write " + file.string() + ": " + std::strerror(errno));
  }
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LockFile::~LockFile() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace xenacm::ledger
