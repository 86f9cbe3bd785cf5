// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/watchdog.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace xenacm::daemon {

Watchdog::Watchdog(boost::asio::io_context& loop, ledger::Committer& committer) : timer_(loop), committer_(committer) {}

void Watchdog::start() {
  std::uint64_t limit = 0;
  if (sd_watchdog_enabled(0, &limit) <= 0) return;
  interval_ = std::chrono::microseconds(limit / 2);
  wait();
}

void Watchdog::stop() { timer_.cancel(); }

void Watchdog::wait() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    committer_.look([](const monitor::State*) { sd_notify(0, "WATCHDOG=1"); });
    wait();
  });
}

}  // namespace xenacm::daemon
