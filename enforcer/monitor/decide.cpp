// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/decide.h"

namespace xenacm::monitor {

Outcome decide(const State& state, const Request& request) {
  return std::visit([&](const auto& asked) { return decide(state, asked); }, request);
}

}  // namespace xenacm::monitor
