// SPDX-License-Identifier: Apache-2.0
// What a record says of a request, as it is made when it is decided, and derived again later.
#pragma once

#include "enforcer/audit/record.h"
#include "enforcer/monitor/decide.h"

namespace xenacm::audit {

// With the policy and the mode of that state.
[[nodiscard]] Record under(const monitor::State& state, Record record);

// Everything that follows from the state and the request: `outcome` is what the monitor decides on them. The rest
// (number, times, caller) is left to whoever records.
[[nodiscard]] Record record_of(const monitor::State& state, const monitor::Request& request,
                               const monitor::Outcome& outcome);

// The monitor's answer; an exception of it concerns this request alone, but for a lack of memory, which
// is thrown.
[[nodiscard]] monitor::Outcome outcome_of(const monitor::State& state, const monitor::Request& request);

}  // namespace xenacm::audit
