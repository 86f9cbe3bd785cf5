// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/gate/scripted_monitor.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <variant>

namespace xenacm::gate::testing {
namespace {

std::string text(const monitor::LinkKey& key, const std::string& preposition) {
  return key.device_class + '/' + std::to_string(key.frontend.get()) + '/' + std::to_string(key.device) + ' ' +
         preposition + ' ' + std::to_string(key.backend.get());
}

struct ToText {
  std::string operator()(const monitor::StartDomain& start) const {
    return "start " + std::to_string(start.domid.get()) + ' ' + start.name.get();
  }
  std::string operator()(const monitor::StopDomain& stop) const {
    return (stop.withdrawn ? "withdraw start " : "stop ") + std::to_string(stop.domid.get());
  }
  std::string operator()(const monitor::AttachLink& attach) const {
    std::string line = "attach " + text(attach.key, "to");
    if (!attach.network.bridge.empty()) line += " on " + attach.network.bridge;
    for (const monitor::Resource& resource : attach.resources) line += " with " + resource.name.get();
    return line;
  }
  std::string operator()(const monitor::RenameDomain& rename) const {
    return "rename " + std::to_string(rename.domid.get()) + ' ' + rename.name.get();
  }
  std::string operator()(const monitor::IntroduceDomain& introduce) const {
    return "introduce " + std::to_string(introduce.domid.get());
  }
  std::string operator()(const monitor::DetachBelow& detach) const {
    return "detach " + (detach.device_class ? *detach.device_class + '/' : "") +
           (detach.frontend ? std::to_string(detach.frontend->get()) + '/' : "") + "* of " +
           std::to_string(detach.backend.get());
  }
  std::string operator()(const monitor::DetachLink& detach) const {
    return detach.withdrawn ? "withdraw attach " + text(detach.key, "to") : "detach " + text(detach.key, "of");
  }
  std::string operator()(const monitor::MalformedWrite& write) const { return "malformed " + write.path; }
  template <class Other>
  std::string operator()(const Other&) const {
    return "something the gate never asks";
  }
};

monitor::Reply allowed(bool changed) {
  monitor::Verdict verdict;
  verdict.changed = changed;
  return verdict;
}

}  // namespace

std::string text(const monitor::Request& request) { return std::visit(ToText{}, request); }

void ScriptedMonitor::deny(const std::string& part) {
  monitor::Verdict verdict;
  verdict.decision = monitor::Decision::deny;
  monitor::Reason reason;
  reason.rule = monitor::Rule::ste;
  reason.message = "the script says no";
  verdict.reasons.push_back(std::move(reason));
  answer_with(part, std::move(verdict));
}

void ScriptedMonitor::would_deny(const std::string& part) {
  monitor::Verdict verdict;
  verdict.decision = monitor::Decision::would_deny;
  answer_with(part, std::move(verdict));
}

void ScriptedMonitor::fault(const std::string& part) {
  answer_with(part, std::unexpected(monitor::Fault{monitor::FaultCode::invalid, "the script does not understand"}));
}

void ScriptedMonitor::allow() { answer_with({}, allowed(true)); }

void ScriptedMonitor::answer_with(const std::string& part, monitor::Reply reply) {
  const std::scoped_lock lock(mutex_);
  exception_ = part;
  reply_to_exception_ = std::move(reply);
}

void ScriptedMonitor::allow_as_known(const std::string& part) { answer_with(part, allowed(false)); }

void ScriptedMonitor::hold() {
  const std::scoped_lock lock(mutex_);
  holding_ = true;
}

void ScriptedMonitor::release() {
  const std::scoped_lock lock(mutex_);
  holding_ = false;
  for (auto& answer : std::exchange(held_, {})) boost::asio::post(io_, std::move(answer));
}

monitor::Submit ScriptedMonitor::submit() {
  return [this](const monitor::Request& request, const monitor::Caller& caller, monitor::Answer answer) {
    take(request, caller, std::move(answer));
  };
}

void ScriptedMonitor::take(const monitor::Request& request, const monitor::Caller& caller, monitor::Answer answer) {
  std::unique_lock lock(mutex_);
  const std::string line = text(request);
  asked_.push_back(line);
  caller_ = caller;
  if (const auto* attach = std::get_if<monitor::AttachLink>(&request)) anew_ = attach->anew;
  const monitor::Reply reply = !exception_.empty() && line.contains(exception_) ? reply_to_exception_ : allowed(true);
  changed_.notify_all();
  if (holding_) {
    held_.push_back([answer = std::move(answer), reply] { answer(reply); });
    return;
  }
  lock.unlock();
  answer(reply);
}

std::vector<std::string> ScriptedMonitor::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

monitor::Caller ScriptedMonitor::last_caller() const {
  const std::scoped_lock lock(mutex_);
  return caller_;
}

bool ScriptedMonitor::last_link_was_anew() const {
  const std::scoped_lock lock(mutex_);
  return anew_;
}

bool ScriptedMonitor::wait_for(const std::string& request) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return std::ranges::find(asked_, request) != asked_.end(); });
}

}  // namespace xenacm::gate::testing
