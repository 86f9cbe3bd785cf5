// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/tally.h"

#include <algorithm>

namespace xenacm::monitor {

namespace {

std::size_t index_of(RequestClass request_class) { return static_cast<std::size_t>(request_class); }
std::size_t index_of(Decision decision) { return static_cast<std::size_t>(decision); }
std::size_t index_of(std::optional<Rule> rule) { return rule ? static_cast<std::size_t>(*rule) : kRules.size(); }

std::optional<Rule> deciding_rule(const Verdict& verdict) {
  return verdict.reasons.empty() ? std::nullopt : std::optional(verdict.reasons.front().rule);
}

// One thread counts: nothing is lost between reading and writing, and no other processor is waited for.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t more) {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

void Tally::count(RequestClass request_class, const Reply& reply, std::chrono::nanoseconds waited) {
  if (reply) {
    add(verdicts_.at(index_of(reply->decision)).at(index_of(deciding_rule(*reply))).at(index_of(request_class)), 1);
  } else {
    add(faults_.at(index_of(request_class)), 1);
  }
  const auto* bound =
      std::ranges::find_if(kBounds, [&](auto most) { return waited <= std::chrono::microseconds(most); });
  add(waits_.at(static_cast<std::size_t>(bound - kBounds.begin())), 1);
  add(waited_nanoseconds_, static_cast<std::uint64_t>(std::max<std::int64_t>(waited.count(), 0)));
}

std::uint64_t Tally::verdicts(Decision decision, std::optional<Rule> rule, RequestClass request_class) const {
  return verdicts_.at(index_of(decision)).at(index_of(rule)).at(index_of(request_class)).load();
}

std::uint64_t Tally::verdicts(Decision decision) const {
  std::uint64_t sum = 0;
  for (const ByClass& classes : verdicts_.at(index_of(decision))) {
    for (const Counter& count : classes) sum += count.load();
  }
  return sum;
}

std::uint64_t Tally::faults(RequestClass request_class) const { return faults_.at(index_of(request_class)).load(); }

Tally::Waits Tally::waits() const {
  Waits waits;
  std::ranges::transform(waits_, waits.counts.begin(), [](const Counter& count) { return count.load(); });
  waits.sum = std::chrono::nanoseconds(static_cast<std::int64_t>(waited_nanoseconds_.load()));
  return waits;
}

}  // namespace xenacm::monitor
