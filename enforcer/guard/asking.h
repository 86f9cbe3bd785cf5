// SPDX-License-Identifier: Apache-2.0
// What the parts of the guard ask the monitor, and how its answers come back to the guard's thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "enforcer/monitor/delta.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::guard {

using Clock = std::chrono::steady_clock;

// What the ledger has of domains and links.
struct Recorded {
  std::vector<monitor::RunningDomain> domains;
  std::set<monitor::LinkKey> links;
  std::map<monitor::LinkKey, monitor::StoredLabel> link_labels;  // of what the link is plugged into, where that has one

  [[nodiscard]] const monitor::RunningDomain* find(monitor::DomId domid) const {
    const auto found = std::ranges::find(domains, domid, &monitor::RunningDomain::domid);
    return found == domains.end() ? nullptr : &*found;
  }
};

// Once everything that the committer was asked before is durable. None: not to be had now.
using Known = std::function<std::optional<Recorded>()>;

// The answer comes on the guard's thread; not at all, once the guard ends.
using Ask = std::function<void(monitor::Request, monitor::Answer)>;

// A refusal only because nothing can be recorded: not the policy's, and asked again.
[[nodiscard]] inline bool is_unavailable(const monitor::Verdict& verdict) {
  return !verdict.reasons.empty() && verdict.reasons.front().rule == monitor::Rule::unavailable;
}

[[nodiscard]] inline long ms_between(Clock::time_point begin, Clock::time_point end) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(end - begin).count());
}

// "ste: client2 and nicdom share no type", for log lines: one line, whatever names it holds.
[[nodiscard]] inline std::string reason_of(const monitor::Verdict& verdict) {
  if (verdict.reasons.empty()) return "no reason given";
  const monitor::Reason& reason = verdict.reasons.front();
  std::string text = std::string(to_text(reason.rule)) + ": " + reason.message;
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace xenacm::guard
