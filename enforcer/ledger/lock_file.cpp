// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace xenacm::ledger {

namespace {

// The pid that the holder wrote into the file, for the message alone.
std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size() - 1, 0);
  return size > 0 ? " (pid " + std::string(text.data(), static_cast<std::size_t>(size)) + ")" : "";
}

// What a daemon was just starting when it was killed holds its lock until that runs a program of its own.
constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::milliseconds kPause{5};

bool lock_within(int fd, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace

std::expected<LockFile, std::string> LockFile::acquire(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected("cannot open " + file.string() + ": " + std::strerror(errno));
  LockFile lock(fd);
  if (!lock_within(fd, kPatience)) {
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
