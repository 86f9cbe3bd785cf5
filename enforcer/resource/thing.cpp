// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/thing.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <system_error>

namespace xenacm::resource {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxLinks = 40;  // the kernel's own bound

std::string birth_of(const struct statx& facts) {
  if ((facts.stx_mask & STATX_BTIME) == 0) return {};
  const std::string nanoseconds = std::to_string(facts.stx_btime.tv_nsec);
  return std::to_string(facts.stx_btime.tv_sec) + "." + std::string(9 - nanoseconds.size(), '0') + nanoseconds;
}

std::unexpected<std::string> unusable(const fs::path& path, const char* what) {
  return std::unexpected(path.string() + " is " + what + "; a disk is a regular file or a block device");
}

std::expected<ThingKind, std::string> kind_of(const fs::path& path, unsigned mode) {
  if (S_ISREG(mode)) return ThingKind::file;
  if (S_ISBLK(mode)) return ThingKind::device;
  if (S_ISDIR(mode)) return unusable(path, "a directory");
  if (S_ISCHR(mode)) return unusable(path, "a character device");
  if (S_ISFIFO(mode)) return unusable(path, "a fifo");
  if (S_ISSOCK(mode)) return unusable(path, "a socket");
  return unusable(path, "of a kind of its own");
}

bool is_absence(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

}  // namespace

std::unexpected<std::string> trouble(const std::string& what, const fs::path& path, int error) {
  return std::unexpected("cannot " + what + " " + path.string() + ": " + std::generic_category().message(error));
}

std::expected<Thing, std::string> look_at(const fs::path& path) {
  Thing thing;
  thing.path = path;
  // /proc/self/… and /dev/fd/… lead somewhere else for each process: what is seen here is not what a backend opens.
  struct open_how how{.flags = O_PATH | O_CLOEXEC, .mode = 0, .resolve = RESOLVE_NO_MAGICLINKS};
  thing.opened = Descriptor(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!thing.opened.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return thing;
    return trouble("look at", path, errno);
  }
  struct statx facts{};
  if (::statx(thing.opened.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &facts) != 0) {
    return trouble("look at", path, errno);
  }
  const auto kind = kind_of(path, facts.stx_mode);
  if (!kind) return std::unexpected(kind.error());
  thing.kind = *kind;
  thing.file_system = makedev(facts.stx_dev_major, facts.stx_dev_minor);
  thing.inode = facts.stx_ino;
  thing.device = makedev(facts.stx_rdev_major, facts.stx_rdev_minor);
  thing.birth = birth_of(facts);
  return thing;
}

// The kernel knows by which path the inode was opened, renames since then included. It writes " (deleted)" and the like
// behind a path that is none any more, so what it says is looked at.
fs::path real_path(const Thing& thing) {
  std::error_code error;
  fs::path real = fs::read_symlink(thing.opened.magic_link(), error);
  struct statx facts{};
  if (error || ::statx(AT_FDCWD, real.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &facts) != 0) return {};
  const bool same =
      facts.stx_ino == thing.inode && makedev(facts.stx_dev_major, facts.stx_dev_minor) == thing.file_system;
  return same ? real : fs::path();
}

std::expected<fs::path, std::string> real_path_of_nothing(const fs::path& path) {
  fs::path real = "/";
  std::deque<fs::path> ahead(path.begin(), path.end());
  for (int links = 0; !ahead.empty();) {
    const fs::path step = ahead.front();
    ahead.pop_front();
    if (step == "..") {
      real = real.parent_path();
      continue;
    }
    if (step.empty() || step == "." || step == "/") continue;
    std::error_code error;
    const fs::path target = fs::read_symlink(real / step, error);
    if (error) {
      if (error != std::errc::invalid_argument && !is_absence(error)) return trouble("look at", path, error.value());
      real /= step;
      continue;
    }
    if (++links > kMaxLinks) return trouble("look at", path, ELOOP);
    if (target.is_absolute()) real = "/";
    ahead.insert(ahead.begin(), target.begin(), target.end());
  }
  return real;
}

}  // namespace xenacm::resource
