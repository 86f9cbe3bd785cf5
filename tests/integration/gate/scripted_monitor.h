// SPDX-License-Identifier: Apache-2.0
// A monitor that decides as the test says and remembers what it was asked.
#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "enforcer/monitor/submit.h"

namespace xenacm::gate::testing {

// "start 7 NAME", "rename 7 NAME", "introduce 7", "attach vif/7/0 to 5 on BRIDGE", "attach vbd/7/0 to 5 with RESOURCE",
// "withdraw attach vif/7/0 to 5", "withdraw start 7", "detach vif/7/0 of 5", "detach vif/7/* of 5", "malformed PATH".
[[nodiscard]] std::string text(const monitor::Request& request);

class ScriptedMonitor {
 public:
  explicit ScriptedMonitor(boost::asio::io_context& io) : io_(io) {}

  // Requests whose text contains `part` are answered so, until allow().
  void deny(const std::string& part);
  void would_deny(const std::string& part);
  void fault(const std::string& part);
  void allow();
  // Allowed, and nothing new: it was there before.
  void allow_as_known(const std::string& part);
  // Answers are kept back until release().
  void hold();
  void release();

  [[nodiscard]] monitor::Submit submit();
  [[nodiscard]] std::vector<std::string> asked() const;
  [[nodiscard]] monitor::Caller last_caller() const;
  [[nodiscard]] bool last_link_was_anew() const;
  // False if nothing of this text was asked within some seconds.
  [[nodiscard]] bool wait_for(const std::string& request) const;

 private:
  void answer_with(const std::string& part, monitor::Reply reply);
  void take(const monitor::Request& request, const monitor::Caller& caller, monitor::Answer answer);

  boost::asio::io_context& io_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> asked_;
  monitor::Caller caller_;
  bool anew_ = false;
  std::string exception_;
  monitor::Reply reply_to_exception_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
};

}  // namespace xenacm::gate::testing
