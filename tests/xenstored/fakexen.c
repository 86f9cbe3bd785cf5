// SPDX-License-Identifier: Apache-2.0
//
// fakexen.so, for LD_PRELOAD: lets Debian's xenstored and oxenstored 4.17 run in full where there is no hypervisor.
// It stands in for libxenctrl, libxengnttab and libxenevtchn (this file) and for files of the kernel and paths that
// are built into the daemons (fakexen_paths.c). What the hypervisor would know is in the directory $FAKEXEN_DIR, which
// the test writes and reads:
//
//   dom/N     there is a domain N; of the words "paused", "shutdown", "crashed", "dying" in the file, each sets a flag;
//             "paused" stands once for each pause; "life=N" makes it another domain, with another uuid, than
//             the one that had the number before
//   ring.N    the page that domain N shares with xenstored (struct xenstore_domain_interface)
//   port.N    the local event channel port, decimal, that xenstored has bound to domain N
//   evtchn    a FIFO of events: each is a port, a native uint32_t; port 1 is VIRQ_DOM_EXC, "a domain changed state"
//   run/      in place of /run/xenstored
//
// Only what xenstored, oxenstored and acm-enforcerd call is here. Their notifications to a domain are dropped: a domain
// polls its ring.

#define _GNU_SOURCE
#include "fakexen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

enum { MAX_DOMID = 4096, VIRQ_PORT = 1, FIRST_DOMAIN_PORT = 2 };

// Handles are never looked into: any address that is not NULL does.
static char handle;

void fakexen_path(char path[FAKEXEN_PATH_MAX], const char* name) {
  const char* dir = getenv("FAKEXEN_DIR");
  snprintf(path, FAKEXEN_PATH_MAX, "%s/%s", dir ? dir : "/nonexistent", name);
}

void fakexen_domain_path(char path[FAKEXEN_PATH_MAX], const char* name, unsigned domid) {
  char numbered[64];
  snprintf(numbered, sizeof numbered, "%s%u", name, domid);
  fakexen_path(path, numbered);
}

// -- libxenctrl: domains

struct domain_flags {
  bool paused, shutdown, crashed, dying;
  uint16_t life;
};

static bool read_domain(unsigned domid, struct domain_flags* flags) {
  char path[FAKEXEN_PATH_MAX], text[128];
  fakexen_domain_path(path, "dom/", domid);
  int fd = fakexen_open(path, O_RDONLY, 0);
  if (fd < 0) return false;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  text[length > 0 ? length : 0] = '\0';
  flags->paused = strstr(text, "paused");
  flags->shutdown = strstr(text, "shutdown");
  flags->crashed = strstr(text, "crashed");
  flags->dying = strstr(text, "dying");
  const char* life = strstr(text, "life=");
  flags->life = life == NULL ? 0 : (uint16_t)strtoul(life + strlen("life="), NULL, 10);
  return true;
}

xc_interface* xc_interface_open(xentoollog_logger* log, xentoollog_logger* dombuild_log, unsigned flags) {
  (void)log, (void)dombuild_log, (void)flags;
  return (xc_interface*)&handle;
}

int xc_interface_close(xc_interface* xch) {
  (void)xch;
  return 0;
}

// As xenstored calls it: the domains from `first` on. libxenctrl reports a crash in place of a shutdown.
int xc_domain_getinfo(xc_interface* xch, uint32_t first, unsigned max, xc_dominfo_t* info) {
  (void)xch;
  unsigned found = 0;
  memset(info, 0, max * sizeof *info);
  for (unsigned domid = first; domid < MAX_DOMID && found < max; domid++) {
    struct domain_flags flags;
    if (!read_domain(domid, &flags)) continue;
    info[found].domid = domid;
    info[found].paused = flags.paused;
    info[found].shutdown = flags.shutdown && !flags.crashed;
    info[found].crashed = flags.crashed;
    info[found].dying = flags.dying;
    found++;
  }
  if (found > 0) return (int)found;
  errno = ESRCH;
  return -1;
}

// 00000000-0000-4000-8000-0000LLLLNNNN: the life and the domain id.
static void make_uuid(xen_domain_handle_t uuid, unsigned domid, uint16_t life) {
  uuid[6] = 0x40;
  uuid[8] = 0x80;
  uuid[12] = (uint8_t)(life >> 8);
  uuid[13] = (uint8_t)life;
  uuid[14] = (uint8_t)(domid >> 8);
  uuid[15] = (uint8_t)domid;
}

// As oxenstored and acm-enforcerd call it. Here a crashed domain is one that shut down, for the reason "crash".
int xc_domain_getinfolist(xc_interface* xch, uint32_t first, unsigned max, xc_domaininfo_t* info) {
  (void)xch;
  unsigned found = 0;
  memset(info, 0, max * sizeof *info);
  for (unsigned domid = first; domid < MAX_DOMID && found < max; domid++) {
    struct domain_flags flags;
    if (!read_domain(domid, &flags)) continue;
    info[found].domain = (domid_t)domid;
    if (flags.paused) info[found].flags |= XEN_DOMINF_paused;
    if (flags.dying) info[found].flags |= XEN_DOMINF_dying;
    if (flags.shutdown || flags.crashed) info[found].flags |= XEN_DOMINF_shutdown;
    if (flags.crashed) info[found].flags |= SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    if (domid != 0) make_uuid(info[found].handle, domid, flags.life);
    found++;
  }
  return (int)found;
}

// As acm-enforcerd calls them.

int xc_domain_pause(xc_interface* xch, uint32_t domid) {
  (void)xch;
  char path[FAKEXEN_PATH_MAX];
  fakexen_domain_path(path, "dom/", domid);
  int fd = fakexen_open(path, O_WRONLY | O_APPEND, 0);
  if (fd < 0) {
    errno = ESRCH;
    return -1;
  }
  ssize_t written = write(fd, "paused\n", 7);
  close(fd);
  return written == 7 ? 0 : -1;
}

int xc_domain_unpause(xc_interface* xch, uint32_t domid) {
  (void)xch;
  char path[FAKEXEN_PATH_MAX], text[128];
  fakexen_domain_path(path, "dom/", domid);
  int fd = fakexen_open(path, O_RDWR, 0);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  text[length > 0 ? length : 0] = '\0';
  char* paused = strstr(text, "paused");
  if (paused == NULL) {
    if (fd >= 0) close(fd);
    errno = fd < 0 ? ESRCH : EINVAL;
    return -1;
  }
  memset(paused, '-', 6);
  ssize_t written = pwrite(fd, text, (size_t)length, 0);
  close(fd);
  return written == length ? 0 : -1;
}

// The domain is gone at once, and xenstored is told.
int xc_domain_destroy(xc_interface* xch, uint32_t domid) {
  (void)xch;
  char path[FAKEXEN_PATH_MAX];
  fakexen_domain_path(path, "dom/", domid);
  if (unlink(path) != 0) {
    errno = ESRCH;
    return -1;
  }
  fakexen_path(path, "evtchn");
  int fd = fakexen_open(path, O_WRONLY | O_NONBLOCK, 0);
  uint32_t port = VIRQ_PORT;
  if (fd >= 0) {
    ssize_t written = write(fd, &port, sizeof port);
    (void)written;
    close(fd);
  }
  return 0;
}

// -- libxengnttab, and libxenctrl's mapping: the ring page of a domain

static void* map_ring(unsigned domid) {
  struct domain_flags flags;
  if (!read_domain(domid, &flags)) {
    errno = EINVAL;
    return NULL;
  }
  char path[FAKEXEN_PATH_MAX];
  fakexen_domain_path(path, "ring.", domid);
  int fd = fakexen_open(path, O_RDWR | O_CREAT, 0600);
  if (fd < 0) return NULL;
  void* page = ftruncate(fd, XC_PAGE_SIZE) == 0 ? mmap(NULL, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                                                : MAP_FAILED;
  close(fd);
  return page == MAP_FAILED ? NULL : page;
}

xengnttab_handle* xengnttab_open(xentoollog_logger* log, unsigned flags) {
  (void)log, (void)flags;
  return (xengnttab_handle*)&handle;
}

int xengnttab_close(xengnttab_handle* xgt) {
  (void)xgt;
  return 0;
}

int xengnttab_set_max_grants(xengnttab_handle* xgt, uint32_t count) {
  (void)xgt, (void)count;
  return 0;
}

void* xengnttab_map_grant_ref(xengnttab_handle* xgt, uint32_t domid, uint32_t ref, int prot) {
  (void)xgt, (void)ref, (void)prot;
  return map_ring(domid);
}

int xengnttab_unmap(xengnttab_handle* xgt, void* start, uint32_t count) {
  (void)xgt;
  return munmap(start, (size_t)XC_PAGE_SIZE * count);
}

void* xc_map_foreign_range(xc_interface* xch, uint32_t domid, int size, int prot, unsigned long mfn) {
  (void)xch, (void)size, (void)prot, (void)mfn;
  return map_ring(domid);
}

// -- libxenevtchn: the FIFO is the device that events are read from

static int event_fd = -1;
static evtchn_port_t next_port = FIRST_DOMAIN_PORT;

xenevtchn_handle* xenevtchn_open(xentoollog_logger* log, unsigned flags) {
  (void)log, (void)flags;
  char path[FAKEXEN_PATH_MAX];
  fakexen_path(path, "evtchn");
  if (mkfifo(path, 0600) != 0 && errno != EEXIST) return NULL;
  // Open for writing too: the FIFO never reports an end of file when a test closes its end.
  event_fd = fakexen_open(path, O_RDWR | O_NONBLOCK, 0);
  return event_fd < 0 ? NULL : (xenevtchn_handle*)&handle;
}

xenevtchn_handle* xenevtchn_fdopen(xentoollog_logger* log, int fd, unsigned open_flags) {
  (void)log, (void)open_flags;
  event_fd = fd;
  return (xenevtchn_handle*)&handle;
}

int xenevtchn_close(xenevtchn_handle* xce) {
  (void)xce;
  return 0;
}

int xenevtchn_fd(xenevtchn_handle* xce) {
  (void)xce;
  return event_fd;
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle* xce, unsigned virq) {
  (void)xce, (void)virq;
  return VIRQ_PORT;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle* xce, uint32_t domid, evtchn_port_t remote) {
  (void)xce, (void)remote;
  char path[FAKEXEN_PATH_MAX];
  fakexen_domain_path(path, "port.", domid);
  int fd = fakexen_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) return -1;
  evtchn_port_t port = next_port++;
  int written = dprintf(fd, "%u\n", port);
  close(fd);
  return written > 0 ? (xenevtchn_port_or_error_t)port : -1;
}

int xenevtchn_unbind(xenevtchn_handle* xce, evtchn_port_t port) {
  (void)xce, (void)port;
  return 0;
}

int xenevtchn_notify(xenevtchn_handle* xce, evtchn_port_t port) {
  (void)xce, (void)port;
  return 0;
}

int xenevtchn_unmask(xenevtchn_handle* xce, evtchn_port_t port) {
  (void)xce, (void)port;
  return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle* xce) {
  (void)xce;
  uint32_t port;
  if (read(event_fd, &port, sizeof port) == sizeof port) return (xenevtchn_port_or_error_t)port;
  // Nothing there after all. To look at the domains once more does no harm; an error would end the daemon.
  return VIRQ_PORT;
}
