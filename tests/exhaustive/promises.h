// SPDX-License-Identifier: Apache-2.0
// What has to hold, said once more, in terms of bit masks and without the monitor's rules.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "enforcer/monitor/decide.h"
#include "tests/exhaustive/scope.h"

namespace xenacm::exhaustive {

inline constexpr unsigned kDomains = 3;

enum class Phase : std::uint8_t { stopped, reserved, running };

// A host as the promises see it. Domain i has the domain id i + 1; Domain-0 always runs, under the first label.
struct Host {
  std::array<std::size_t, kDomains> label{};  // of each domain, running or not
  std::array<Phase, kDomains> phase{};
  std::set<std::pair<unsigned, unsigned>> links;  // domain ids of frontend and backend
  friend auto operator<=>(const Host&, const Host&) = default;
};

struct Event {
  enum class Kind : std::uint8_t { reserve, lapse, start, stop, attach, detach };
  Kind kind = Kind::start;
  unsigned domain = 0;   // its index; of a link the frontend's
  unsigned backend = 0;  // domain id
};

// acm.md 3.2 and 3.3; decisions.md, "Links between domains", 1 to 3.
[[nodiscard]] bool is_permitted(const SmallPolicy& small, const Host& host, const Event& event);

// The host after the event, which was permitted.
[[nodiscard]] Host after(const Host& host, const Event& event);

// What `state` breaks: what it knows is not what `host` is, its counts are not a recount's, two types of a conflict set
// are there together, a link joins two that share no type.
[[nodiscard]] std::optional<std::string> broken_promise(const SmallPolicy& small, const Host& host,
                                                        const monitor::State& state);

}  // namespace xenacm::exhaustive
