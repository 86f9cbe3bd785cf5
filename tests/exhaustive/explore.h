// SPDX-License-Identifier: Apache-2.0
// Every state that three domains can bring a host into under one policy, whatever the order of events, and whether the
// monitor kept its promises on the way there (docs/architecture.md, G1 to G3).
#pragma once

#include <cstdint>

#include "tests/exhaustive/scope.h"

namespace xenacm::exhaustive {

struct Figures {
  std::uint64_t policies = 0;
  std::uint64_t states = 0;
  std::uint64_t decisions = 0;
  Figures& operator+=(const Figures& other);
};

// Throws std::runtime_error with policy, state and event where a promise is broken.
[[nodiscard]] Figures explore(const SmallPolicy& small, const Scope& scope);

}  // namespace xenacm::exhaustive
