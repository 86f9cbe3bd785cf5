// SPDX-License-Identifier: Apache-2.0
// The guard: watches what really happens, in the hypervisor and in xenstore, and undoes what nobody admitted
// (docs/guard.md).
#pragma once

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "enforcer/guard/alarms.h"
#include "enforcer/guard/asking.h"
#include "enforcer/guard/domains.h"
#include "enforcer/guard/inbox.h"
#include "enforcer/guard/links.h"
#include "enforcer/guard/names.h"
#include "enforcer/monitor/submit.h"
#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// A domain whose build fails before its introduction leaves without an event, so the hypervisor is asked this often
// too. A connection to xenstored that was lost is tried again as often.
inline constexpr std::chrono::milliseconds kLookInterval{1000};

// A connection to xenstored, past the gate.
using Connect = std::function<std::expected<std::unique_ptr<xen::Xenstore>, std::string>()>;

// Works on a thread of its own, since libxenstore blocks.
class Guard {
 public:
  Guard(std::unique_ptr<xen::Hypervisor> hypervisor, Connect connect, monitor::Submit submit, Known known);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // Sets the watches, adopts what is there, and then goes on beside the caller. The error says what could not be
  // watched or asked: then what runs is not known.
  [[nodiscard]] std::expected<void, std::string> start();

  // Looks once more, then calls `then` on the guard's thread. Once the guard is gone, `then` is not called. From any
  // thread.
  void look_then(std::function<void()> then);

  // How often the hypervisor was asked, and what was found, for `labeltool status`.
  [[nodiscard]] std::uint64_t looks() const { return looks_; }
  [[nodiscard]] Alarms::Told alarms() const { return alarms_.told(); }

 private:
  [[nodiscard]] Ask ask_by(monitor::Submit submit) const;
  void work(const std::stop_token& stop);
  void round();
  void wait();
  void clear_away();
  void take_events();
  void look();
  void keep_connected();
  [[nodiscard]] std::expected<void, std::string> connect();
  [[nodiscard]] std::expected<void, std::string> await_adoption();
  void watch_domains();

  std::unique_ptr<xen::Hypervisor> hypervisor_;
  Connect connect_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  Alarms alarms_;
  Known known_;
  Domains domains_;
  Names names_;
  Links links_;
  std::unique_ptr<xen::Xenstore> xenstore_;  // none: the connection is lost
  std::set<monitor::DomId> watched_;         // domains whose part of the store is watched
  std::string disconnected_;                 // why, as it was last told
  std::optional<Clock::time_point> event_;   // of the domains, that no look has followed yet
  Clock::time_point last_look_;
  std::mutex mutex_;
  std::vector<std::function<void()>> waiting_;  // for a look that begins from now on
  std::atomic<std::uint64_t> looks_{0};
  std::jthread thread_;
};

}  // namespace xenacm::guard
