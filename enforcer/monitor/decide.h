// SPDX-License-Identifier: Apache-2.0
// State x Request -> Verdict + Delta. Pure: no I/O, no clock, no threads.
#pragma once

#include <expected>

#include "enforcer/monitor/delta.h"
#include "enforcer/monitor/state.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

struct Decided {
  Verdict verdict;
  Delta delta;  // empty where the verdict is deny, but for AdoptDomain: what runs counts until it is gone
};

using Outcome = std::expected<Decided, Fault>;

[[nodiscard]] Outcome decide(const State& state, const Request& request);

// The same, one function a request. The rule for each stands in the file named.
[[nodiscard]] Outcome decide(const State& state, const StartDomain& start);          // admission.cpp
[[nodiscard]] Outcome decide(const State& state, const StopDomain& stop);            // release.cpp
[[nodiscard]] Outcome decide(const State& state, const ReserveStart& reserve);       // tickets.cpp
[[nodiscard]] Outcome decide(const State& state, const LapseTicket& lapse);          // tickets.cpp
[[nodiscard]] Outcome decide(const State& state, const IntroduceDomain& introduce);  // identity.cpp
[[nodiscard]] Outcome decide(const State& state, const RenameDomain& rename);        // identity.cpp
[[nodiscard]] Outcome decide(const State& state, const AdoptDomain& adopt);          // release.cpp
[[nodiscard]] Outcome decide(const State& state, const AttachLink& attach);          // links.cpp
[[nodiscard]] Outcome decide(const State& state, const AdoptLink& adopt);            // links.cpp
[[nodiscard]] Outcome decide(const State& state, const DetachLink& detach);          // links.cpp
[[nodiscard]] Outcome decide(const State& state, const DetachBelow& detach);         // links.cpp
[[nodiscard]] Outcome decide(const State& state, const MalformedWrite& write);       // links.cpp
[[nodiscard]] Outcome decide(const State& state, const LabelDomain& request);        // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const UnlabelDomain& request);      // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const LabelResource& request);      // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const UnlabelResource& request);    // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const RepairResource& request);     // repair.cpp
[[nodiscard]] Outcome decide(const State& state, const LabelVif& request);           // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const UnlabelVif& request);         // labelling.cpp
[[nodiscard]] Outcome decide(const State& state, const SetPolicy& set);              // policy_change.cpp
[[nodiscard]] Outcome decide(const State& state, const ResetPolicy& reset);          // policy_change.cpp
[[nodiscard]] Outcome decide(const State& state, const SetMode& set);                // policy_change.cpp

// What is asked, of whom: for people and for the audit record.
struct Description {
  std::string action;   // "start", "attach", "setpolicy", …
  std::string subject;  // "client1", "bridge:xenbr0", "mytest 1.0", …
  std::string object;   // "nicdom", a label; empty where there is none
  // What they carry when it is asked: "A-Bank", "INV_ACM:mytest:A-Bank"; empty: no label, or of no concern.
  std::string subject_label;
  std::string object_label;
};

[[nodiscard]] Description describe(const State& state, const Request& request);  // describe.cpp

}  // namespace xenacm::monitor
