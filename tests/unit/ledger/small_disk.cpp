// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ledger/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

namespace xenacm::test {

namespace {

// Who is not root is, in a namespace of its own. Of a process with one thread.
void become_root() {
  if (::geteuid() == 0) return;
  const std::string map = "0 " + std::to_string(::geteuid()) + " 1";
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;  // mount() says what is missing
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << map;
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path at) : dir_(std::move(at)) {
  become_root();
  std::filesystem::create_directories(dir_);
  if (::mount("xenacm-test", dir_.c_str(), "tmpfs", 0, "size=32m,mode=0700") != 0) {
    throw std::runtime_error(std::string("a tmpfs cannot be mounted (root is needed): ") + std::strerror(errno));
  }
}

SmallDisk::~SmallDisk() { ::umount2(dir_.c_str(), MNT_DETACH); }

void SmallDisk::fill() const {
  const int fd = ::open((dir_ / "ballast").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::array<char, 4096> block{};
  while (::write(fd, block.data(), block.size()) > 0) {
  }
  ::close(fd);
}

void SmallDisk::make_room() const { std::filesystem::remove(dir_ / "ballast"); }

}  // namespace xenacm::test
