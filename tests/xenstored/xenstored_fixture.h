// SPDX-License-Identifier: Apache-2.0
// A real xenstored, of its own for each test, on a machine that need not run Xen: Debian's xenstored or oxenstored with
// fakexen.so below it (fakexen.c). The test plays the hypervisor: it says which domains there are and in what state.
//
//   Xenstored store;
//   store.add_domain(5);
//   XenstoreHandle toolstack = store.open();
//   xs_introduce_domain(toolstack.get(), 5, 1, 9);
//   GuestRing kernel(store, 5);                      // guest_ring.h: be domain 5
//   store.set_domain_state(5, DomainState::dying);
//   store.poke_domains();                            // ... and xenstored fires @releaseDomain
//
// Everything here throws std::runtime_error, in words, when xenstored is not installed, does not start or is gone: a
// test that cannot have its xenstored fails, it is not skipped.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

extern "C" {
#include <xenstore.h>
}

namespace xenacm::test {

enum class XenstoredKind { c, ocaml };

enum class DomainState { running, paused, shutdown, crashed, dying };

// An empty directory that is removed with all it holds.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::string& prefix);
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct CloseXenstore {
  void operator()(xs_handle* handle) const { xs_close(handle); }
};
using XenstoreHandle = std::unique_ptr<xs_handle, CloseXenstore>;

// A connection of libxenstore to whatever answers at a socket. libxenstore takes the path from the environment, which
// is set for the length of this call: not for two threads at a time.
[[nodiscard]] XenstoreHandle open_xenstore(const std::filesystem::path& socket);

class Xenstored {
 public:
  // Returns when it answers requests. Domain 0 exists, and no other.
  explicit Xenstored(XenstoredKind kind = XenstoredKind::c);
  Xenstored(const Xenstored&) = delete;
  Xenstored& operator=(const Xenstored&) = delete;
  ~Xenstored();  // killed, if it still runs

  // What /run/xenstored/socket and /run/xenstored are in a real dom0.
  [[nodiscard]] std::filesystem::path socket_path() const { return run_dir() / "socket"; }
  [[nodiscard]] std::filesystem::path run_dir() const { return directory_.path() / "run"; }

  [[nodiscard]] XenstoreHandle open() const { return open_xenstore(socket_path()); }

  // The hypervisor's domains. xenstored looks when a domain is introduced, and when it is poked. An id that is used
  // again is another domain's in another life: it has another uuid.
  void add_domain(std::uint32_t domid, DomainState state = DomainState::running, std::uint16_t life = 0);
  void set_domain_state(std::uint32_t domid, DomainState state);
  void remove_domain(std::uint32_t domid);
  void poke_domains();  // VIRQ_DOM_EXC

  // A graceful end, and a start with an empty store: xenstored keeps it in memory. Domains stay.
  void stop();
  void kill();  // SIGKILL: its socket stays behind
  void start();
  void restart();

  [[nodiscard]] pid_t pid() const { return pid_; }  // 0: not running
  [[nodiscard]] std::string log() const;            // what it printed, for messages

  // For GuestRing: the files of fakexen.c, and an event on a port.
  [[nodiscard]] std::filesystem::path domain_file(const std::string& name, std::uint32_t domid) const;
  void send_event(std::uint32_t port);

 private:
  void launch();
  void await_answer();
  [[nodiscard]] bool ended();

  XenstoredKind kind_;
  TemporaryDirectory directory_;
  pid_t pid_ = 0;
};

}  // namespace xenacm::test
