// SPDX-License-Identifier: Apache-2.0
// Tells systemd that the daemon decides (WatchdogSec= of its unit): a daemon that is stuck is killed and started anew,
// its keeper refusing meanwhile.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "enforcer/ledger/committer.h"

namespace xenacm::daemon {

// Each sign goes the way that every request goes: the loop's thread, then the committer's. Where one of the two is
// stuck there is none. (Not the resolver's: a file system that hangs holds up only those who need it.)
class Watchdog {
 public:
  // Both must outlive it.
  Watchdog(boost::asio::io_context& loop, ledger::Committer& committer);

  // Both on the loop's thread. Does nothing where nobody watches.
  void start();
  void stop();

 private:
  void wait();

  boost::asio::steady_timer timer_;
  ledger::Committer& committer_;
  std::chrono::microseconds interval_{0};
};

}  // namespace xenacm::daemon
