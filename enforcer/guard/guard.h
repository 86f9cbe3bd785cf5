// SPDX-License-Identifier: Apache-2.0
// The guard: keeps the running domains and with them the Chinese Wall counts equal to what the hypervisor has.
#pragma once

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "enforcer/monitor/delta.h"
#include "enforcer/monitor/submit.h"
#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// A domain whose build fails before its introduction leaves without an event, so the hypervisor is asked this often
// too.
inline constexpr std::chrono::milliseconds kLookInterval{1000};

// The running domains as the ledger has them, once everything submitted before is durable. None: not to be had now.
using Known = std::function<std::optional<std::vector<monitor::RunningDomain>>()>;

// Works on a thread of its own, since libxenstore blocks.
class Guard {
 public:
  Guard(std::unique_ptr<xen::Hypervisor> hypervisor, std::unique_ptr<xen::Xenstore> xenstore, monitor::Submit submit,
        Known known);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // Sets the watches, reconciles once, and then goes on beside the caller. The error says what could not be watched or
  // asked: then what runs is not known.
  [[nodiscard]] std::expected<void, std::string> start();

  // Looks once more, then calls `then` on the guard's thread. Once the guard is gone, `then` is not called. From any
  // thread.
  void look_then(std::function<void()> then);

  // How often the hypervisor was asked, for `labeltool status`.
  [[nodiscard]] std::uint64_t looks() const { return looks_; }

 private:
  void work(const std::stop_token& stop);
  [[nodiscard]] std::expected<void, std::string> look();
  void wait();
  [[nodiscard]] std::optional<std::string> name_of(monitor::DomId domid);

  std::unique_ptr<xen::Hypervisor> hypervisor_;
  std::unique_ptr<xen::Xenstore> xenstore_;
  monitor::Submit submit_;
  Known known_;
  std::atomic<std::uint64_t> looks_{0};
  bool connected_ = true;  // to xenstored; of the guard's thread alone
  int wake_;               // an eventfd(2)
  std::mutex mutex_;
  std::vector<std::function<void()>> waiting_;  // for a look that begins from now on
  std::jthread thread_;
};

}  // namespace xenacm::guard
