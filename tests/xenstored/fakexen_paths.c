// SPDX-License-Identifier: Apache-2.0
//
// The half of fakexen.so that redirects paths (see fakexen.c):
//   /proc/xen/xsd_port, xsd_kva   which the kernel offers in a real dom0: the port and page of its own xenstore ring
//   /run/xenstored/...            which is built into oxenstored: to $FAKEXEN_DIR/run
// and allows a call that oxenstored insists on but that an unprivileged user or a container may not make.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <xenctrl.h>

#include "fakexen.h"

// The next definition of a function that this library replaces: libc's. (POSIX has no other way to make a function
// pointer of what dlsym returns.)
#define REAL(function)               \
  static __typeof__(&function) real; \
  if (!real) *(void**)&real = dlsym(RTLD_NEXT, #function)

int fakexen_open(const char* path, int flags, unsigned mode) {
  REAL(open);
  return real(path, flags, mode);
}

static const char* after_prefix(const char* path, const char* prefix) {
  size_t length = strlen(prefix);
  return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

// The path to use for `path`: itself, or one below $FAKEXEN_DIR, which is written to `buffer`.
static const char* relocated(const char* path, char buffer[FAKEXEN_PATH_MAX]) {
  const char* rest = after_prefix(path, "/var/run/xenstored");
  if (!rest) rest = after_prefix(path, "/run/xenstored");
  if (!rest) return path;
  char name[FAKEXEN_PATH_MAX];
  snprintf(name, sizeof name, "run%s", rest);
  fakexen_path(buffer, name);
  return buffer;
}

// Dom0's own event channel. Nobody ever sends on it, so any number does that the daemon can parse.
static int open_xsd_port(void) {
  static const char port[] = "2";
  char path[FAKEXEN_PATH_MAX];
  fakexen_path(path, "xsd_port");
  int fd = fakexen_open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) return fd;
  if (write(fd, port, strlen(port)) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
    close(fd);
    return -1;
  }
  return fd;
}

// Dom0's own ring page, to be mapped.
static int open_xsd_kva(void) {
  char path[FAKEXEN_PATH_MAX];
  fakexen_domain_path(path, "ring.", 0);
  int fd = fakexen_open(path, O_RDWR | O_CREAT, 0600);
  if (fd >= 0 && ftruncate(fd, XC_PAGE_SIZE) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

static int open_redirected(const char* path, int flags, unsigned mode) {
  char buffer[FAKEXEN_PATH_MAX];
  if (strcmp(path, "/proc/xen/xsd_port") == 0) return open_xsd_port();
  if (strcmp(path, "/proc/xen/xsd_kva") == 0) return open_xsd_kva();
  return fakexen_open(relocated(path, buffer), flags, mode);
}

// open's third argument is there only if the flags say so.
#define MODE_ARGUMENT(flags, mode)      \
  unsigned mode = 0;                    \
  if (flags & (O_CREAT | O_TMPFILE)) {  \
    va_list arguments;                  \
    va_start(arguments, flags);         \
    mode = va_arg(arguments, unsigned); \
    va_end(arguments);                  \
  }

int open(const char* path, int flags, ...) {
  MODE_ARGUMENT(flags, mode)
  return open_redirected(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  MODE_ARGUMENT(flags, mode)
  return open_redirected(path, flags, mode);
}

int bind(int fd, const struct sockaddr* address, socklen_t length) {
  REAL(bind);
  if (address->sa_family != AF_UNIX) return real(fd, address, length);
  char buffer[FAKEXEN_PATH_MAX];
  const struct sockaddr_un* wanted = (const struct sockaddr_un*)address;
  const char* path = relocated(wanted->sun_path, buffer);
  if (path == wanted->sun_path) return real(fd, address, length);
  struct sockaddr_un moved = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof moved.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(moved.sun_path, path);
  return real(fd, (const struct sockaddr*)&moved, sizeof moved);
}

int unlink(const char* path) {
  REAL(unlink);
  char buffer[FAKEXEN_PATH_MAX];
  return real(relocated(path, buffer));
}

int mkdir(const char* path, mode_t mode) {
  REAL(mkdir);
  char buffer[FAKEXEN_PATH_MAX];
  return real(relocated(path, buffer), mode);
}

// oxenstored raises its limit of open files and gives up if it may not.
int setrlimit(__rlimit_resource_t resource, const struct rlimit* limit) {
  REAL(setrlimit);
  int status = real(resource, limit);
  return status != 0 && errno == EPERM ? 0 : status;
}
