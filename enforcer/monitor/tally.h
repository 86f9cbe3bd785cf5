// SPDX-License-Identifier: Apache-2.0
// How many verdicts of which kind were given, and how long those who asked waited. Of a fixed size: nobody who asks can
// make it grow.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "enforcer/monitor/request_class.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::monitor {

inline constexpr std::array kDecisions{Decision::allow, Decision::deny, Decision::would_deny};
inline constexpr std::array kRules{Rule::label,    Rule::authorization, Rule::chinese_wall, Rule::ste,
                                   Rule::resource, Rule::integrity,     Rule::unavailable};

class Tally {
 public:
  // Upper bounds of the waits that are counted together; what waited longer is counted beyond the last.
  static constexpr std::array<std::chrono::microseconds::rep, 18> kBounds{
      1,      10,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,
      25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
  struct Waits {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // each without those below it
    std::chrono::nanoseconds sum{0};
  };

  // On one thread. `waited`: from the request to its answer, which is durable by then.
  void count(RequestClass request_class, const Reply& reply, std::chrono::nanoseconds waited);

  // On any thread. `rule` is that of the first reason; none: there was no reason.
  [[nodiscard]] std::uint64_t verdicts(Decision decision, std::optional<Rule> rule, RequestClass request_class) const;
  [[nodiscard]] std::uint64_t verdicts(Decision decision) const;
  // Requests that could not be decided.
  [[nodiscard]] std::uint64_t faults(RequestClass request_class) const;
  [[nodiscard]] Waits waits() const;

 private:
  using Counter = std::atomic<std::uint64_t>;
  using ByClass = std::array<Counter, kRequestClasses>;
  std::array<std::array<ByClass, kRules.size() + 1>, kDecisions.size()> verdicts_{};
  ByClass faults_{};
  std::array<Counter, kBounds.size() + 1> waits_{};
  Counter waited_nanoseconds_{0};
};

}  // namespace xenacm::monitor
