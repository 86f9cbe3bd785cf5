// SPDX-License-Identifier: Apache-2.0
// Looks every few seconds for those who speak to xenstored round the gate, on a thread of its own: /proc is slow.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "enforcer/xen/bypass.h"

namespace xenacm::daemon {

class BypassWatch {
 public:
  // `alarm` is called on the watch's thread, once for each process and way.
  using Alarm = std::function<void(const xen::Bypass&)>;
  BypassWatch(const std::filesystem::path& socket, Alarm alarm);

  // On any thread: the gate has just taken xenstored's place. Connections that are there now are the older ones.
  void gate_took_over();

  void start();
  void stop();  // no alarm after it

  // For the API, on any thread: what the last look saw, and what it could not see.
  [[nodiscard]] nlohmann::json seen() const;

 private:
  void work(const std::stop_token& stop);
  void look();
  void report(const std::vector<xen::Bypass>& found);

  std::string socket_;
  Alarm alarm_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::set<xen::SocketInode> older_;
  std::vector<xen::Bypass> found_;
  std::string unseen_;  // why connections cannot be seen; empty: they can
  std::set<xen::Bypass> reported_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace xenacm::daemon
