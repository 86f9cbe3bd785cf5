// SPDX-License-Identifier: Apache-2.0
// The monitor's state and answers in the form in which tests/oracle/state.py has them.
#pragma once

#include <nlohmann/json.hpp>

#include "enforcer/monitor/decide.h"

namespace xenacm::oracle {

[[nodiscard]] nlohmann::json snapshot(const monitor::State& state);

// "outcome": allow, deny, would-deny or fault:CODE; "reasons": rule, with what is told of it, and device of each;
// "mode", none of a fault; "changed".
[[nodiscard]] nlohmann::json answer(const monitor::Outcome& outcome);
[[nodiscard]] nlohmann::json no_verdict(const std::string& why);

}  // namespace xenacm::oracle
