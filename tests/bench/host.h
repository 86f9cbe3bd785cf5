// SPDX-License-Identifier: Apache-2.0
// A host to decide on, of any size.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "enforcer/monitor/decide.h"
#include "tests/bench/synthetic_policy.h"

namespace xenacm::bench {

struct HostSize {
  std::size_t labels = 100;
  std::size_t types = 200;
  std::size_t conflict_sets = 100;
  std::size_t running = 100;     // domains, none in conflict with another
  std::size_t bound = 101;       // domains with a label, by name and uuid; of them `running` run
  std::size_t resources = 1000;  // labelled disks
  friend auto operator<=>(const HostSize&, const HostSize&) = default;
};

// Enforcing. Made once for each size.
[[nodiscard]] const monitor::State& host(const HostSize& size);

[[nodiscard]] monitor::Uuid uuid_of(std::size_t number);
[[nodiscard]] monitor::DomainName name_of(std::size_t number);
// Labelled disk `number`, as the resolver finds it.
[[nodiscard]] monitor::Resource disk(std::size_t number);

// The last of the host's bound domains, which does not run, with `disks` disks that its label may use.
[[nodiscard]] monitor::StartDomain start_of_last(const HostSize& size, std::size_t disks);

}  // namespace xenacm::bench
