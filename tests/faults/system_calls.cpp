// SPDX-License-Identifier: Apache-2.0
// System calls of the program's own code come here by the linker's --wrap, those of SQLite by its own table; fsync and
// fdatasync of both by their names.
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "tests/faults/injection.h"

namespace xenacm::faults {

namespace {

// Does `call` with the size that the fault leaves of it, or not at all.
template <class Call>
ssize_t in_part(Site site, std::size_t size, Call call) {
  if (!strikes(site)) return call(size);
  if (!shortens()) return -1;
  return call(size > 1 ? size / 2 : size);
}

// Of what has no part: a fault that shortens leaves it alone.
bool fails(Site site) { return strikes(site) && !shortens(); }

msghdr first_part(const msghdr& whole, iovec& part) {
  msghdr message = whole;
  if (message.msg_iovlen == 0) return message;
  part = message.msg_iov[0];
  if (part.iov_len > 1) part.iov_len /= 2;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return message;
}

}  // namespace

extern "C" {

int fsync(int fd) { return fails(syncing) ? -1 : static_cast<int>(::syscall(SYS_fsync, fd)); }
int fdatasync(int fd) { return fails(syncing) ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd)); }

ssize_t __real_read(int fd, void* data, size_t size);
ssize_t __real_write(int fd, const void* data, size_t size);
ssize_t __real_pread(int fd, void* data, size_t size, off_t at);
ssize_t __real_pwrite(int fd, const void* data, size_t size, off_t at);
int __real_open(const char* path, int flags, ...);
int __real_rename(const char* from, const char* to);
int __real_link(const char* from, const char* to);
int __real_unlink(const char* path);
int __real_ftruncate(int fd, off_t size);
ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __real_send(int fd, const void* data, size_t size, int flags);
ssize_t __real_recvmsg(int fd, msghdr* message, int flags);
ssize_t __real_sendmsg(int fd, const msghdr* message, int flags);

ssize_t __wrap_read(int fd, void* data, size_t size) {
  return in_part(reading, size, [&](size_t part) { return __real_read(fd, data, part); });
}
ssize_t __wrap_write(int fd, const void* data, size_t size) {
  return in_part(writing, size, [&](size_t part) { return __real_write(fd, data, part); });
}
ssize_t __wrap_pread(int fd, void* data, size_t size, off_t at) {
  return in_part(reading, size, [&](size_t part) { return __real_pread(fd, data, part, at); });
}
ssize_t __wrap_pwrite(int fd, const void* data, size_t size, off_t at) {
  return in_part(writing, size, [&](size_t part) { return __real_pwrite(fd, data, part, at); });
}
int __wrap_open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = va_arg(rest, unsigned);
  va_end(rest);
  return fails(opening) ? -1 : __real_open(path, flags, mode);
}
int __wrap_rename(const char* from, const char* to) { return fails(naming) ? -1 : __real_rename(from, to); }
int __wrap_link(const char* from, const char* to) { return fails(naming) ? -1 : __real_link(from, to); }
int __wrap_unlink(const char* path) { return fails(naming) ? -1 : __real_unlink(path); }
int __wrap_ftruncate(int fd, off_t size) { return fails(truncating) ? -1 : __real_ftruncate(fd, size); }
ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  return in_part(receiving, size, [&](size_t part) { return __real_recv(fd, data, part, flags); });
}
ssize_t __wrap_send(int fd, const void* data, size_t size, int flags) {
  return in_part(sending, size, [&](size_t part) { return __real_send(fd, data, part, flags); });
}
ssize_t __wrap_recvmsg(int fd, msghdr* message, int flags) {
  if (!strikes(receiving)) return __real_recvmsg(fd, message, flags);
  if (!shortens()) return -1;
  iovec part{};
  msghdr less = first_part(*message, part);
  return __real_recvmsg(fd, &less, flags);
}
ssize_t __wrap_sendmsg(int fd, const msghdr* message, int flags) {
  if (!strikes(sending)) return __real_sendmsg(fd, message, flags);
  if (!shortens()) return -1;
  iovec part{};
  const msghdr less = first_part(*message, part);
  return __real_sendmsg(fd, &less, flags);
}

// ---- SQLite's -----------------------------------------------------------------------------------

static int sqlite_open(const char* path, int flags, int mode) { return __wrap_open(path, flags, mode); }
static int sqlite_fcntl(int fd, int command, void* argument);
static void* sqlite_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset);
static int sqlite_fallocate(int fd, off_t at, off_t size);

}  // extern "C"

namespace {

int (*real_fcntl)(int, int, ...) = nullptr;
void* (*real_mmap)(void*, size_t, int, int, int, off_t) = nullptr;
int (*real_fallocate)(int, off_t, off_t) = nullptr;

}  // namespace

extern "C" {

static int sqlite_fcntl(int fd, int command, void* argument) {
  return fails(locking) ? -1 : real_fcntl(fd, command, argument);
}
static void* sqlite_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) {
  return fails(mapping) ? reinterpret_cast<void*>(-1) : real_mmap(at, size, protection, flags, fd, offset);
}
static int sqlite_fallocate(int fd, off_t at, off_t size) {
  if (fails(writing)) return errno;
  return real_fallocate(fd, at, size);
}

}  // extern "C"

namespace {

template <class Function>
void replace(sqlite3_vfs& vfs, const char* name, Function function) {
  if (vfs.xGetSystemCall(&vfs, name) == nullptr) return;
  if (vfs.xSetSystemCall(&vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(function)) != SQLITE_OK) {
    throw std::runtime_error(std::string("SQLite's ") + name + " cannot be watched");
  }
}

}  // namespace

void watch_system_calls() {
  sqlite3_vfs& vfs = *sqlite3_vfs_find("unix");
  real_fcntl = reinterpret_cast<int (*)(int, int, ...)>(vfs.xGetSystemCall(&vfs, "fcntl"));
  real_mmap = reinterpret_cast<void* (*)(void*, size_t, int, int, int, off_t)>(vfs.xGetSystemCall(&vfs, "mmap"));
  real_fallocate = reinterpret_cast<int (*)(int, off_t, off_t)>(vfs.xGetSystemCall(&vfs, "fallocate"));
  replace(vfs, "open", sqlite_open);
  replace(vfs, "read", __wrap_read);
  replace(vfs, "pread", __wrap_pread);
  replace(vfs, "pread64", __wrap_pread);
  replace(vfs, "write", __wrap_write);
  replace(vfs, "pwrite", __wrap_pwrite);
  replace(vfs, "pwrite64", __wrap_pwrite);
  replace(vfs, "ftruncate", __wrap_ftruncate);
  replace(vfs, "unlink", __wrap_unlink);
  replace(vfs, "fcntl", sqlite_fcntl);
  replace(vfs, "mmap", sqlite_mmap);
  replace(vfs, "fallocate", sqlite_fallocate);
}

}  // namespace xenacm::faults
