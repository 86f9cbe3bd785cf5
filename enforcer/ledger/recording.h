// SPDX-License-Identifier: Apache-2.0
// What is recorded of requests and events, and what is answered where nothing can be. Internal to the ledger.
#pragma once

#include <string>

#include "enforcer/audit/record.h"
#include "enforcer/ledger/segment.h"
#include "enforcer/monitor/decide.h"

namespace xenacm::ledger {

// The guard tells again and again what is known already, and the gate asks again about links and domains that were
// admitted; only news is recorded.
[[nodiscard]] bool is_news(const monitor::Request& request, const monitor::Decided& decided);

// The monitor's own word for an event, but for what the state says.
[[nodiscard]] audit::Record note_of(monitor::Description what, const monitor::Caller& who);
[[nodiscard]] audit::Record retirement(std::string action, const Segment& segment, const monitor::Caller& self);
[[nodiscard]] audit::Record gap_record(const monitor::Caller& self, std::string message);

// The whole state: the first record of a segment.
[[nodiscard]] audit::Record snapshot_of(const monitor::State& state, const monitor::Caller& self);

[[nodiscard]] audit::Record decision_record(const monitor::State& state, const monitor::Request& request,
                                            const monitor::Outcome& outcome, const monitor::Caller& who);

// Nothing is allowed that could not be recorded, but for what permissive mode must never block.
[[nodiscard]] monitor::Verdict unavailable(const monitor::Request& request, monitor::Mode mode,
                                           const std::string& error);

}  // namespace xenacm::ledger
