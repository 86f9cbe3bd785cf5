// SPDX-License-Identifier: Apache-2.0
// Domains that end, and domains that are there although nobody asked.
#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

Delta release(const State& state, DomId domid) {
  Delta delta;
  for (const LinkKey& key : state.links_of(domid)) delta.emplace_back(DropLink{key});
  if (state.find_running(domid) != nullptr) delta.emplace_back(DropRunning{domid});
  return delta;
}

Outcome decide(const State& state, const StopDomain& stop) {
  if (stop.domid == kDomain0) return std::unexpected(Fault{FaultCode::invalid, "Domain-0 does not stop."});
  const RunningDomain* present = state.find_running(stop.domid);
  if (present == nullptr || present->uuid != stop.uuid) return allow(state, {});
  return allow(state, release(state, stop.domid));
}

Outcome decide(const State& state, const AdoptDomain& adopt) {
  if (adopt.domid == kDomain0) return std::unexpected(Fault{FaultCode::invalid, "Domain-0 is not adopted.", {}});
  const RunningDomain* present = state.find_running(adopt.domid);
  if (present != nullptr && present->uuid == adopt.uuid) return allow(state, {});
  const StoredLabel label = effective_label(state, adopt.name, adopt.uuid);
  // It runs already: what would have spoken against it is recorded, and it is counted either way, so that the counts
  // are what the hypervisor has.
  Delta delta = release(state, adopt.domid);
  drop_tickets_of(state, adopt.name, adopt.uuid, delta);
  // Who had the id before is gone, and what was held for the domain itself is in nobody's way.
  const auto judge = [&](const State& before) {
    std::vector<Reason> reasons = judge_domain(before, {adopt.name, label, before.row_of(label)});
    if (auto reason = name_rule(before, adopt.name, adopt.uuid)) reasons.insert(reasons.begin(), *std::move(reason));
    return reasons;
  };
  std::vector<Reason> reasons;
  if (delta.empty()) {
    reasons = judge(state);
  } else {
    State before = state;
    before.apply(delta);
    reasons = judge(before);
  }
  Decided decided = conclude(state, label, std::move(reasons), {});
  if (!decided.verdict.allowed() && !adopt.appeared) decided.verdict.decision = Decision::would_deny;
  delta.emplace_back(PutRunning{{adopt.domid, adopt.uuid, adopt.name, label, true}});
  decided.delta = std::move(delta);
  decided.verdict.changed = true;
  return decided;
}

}  // namespace xenacm::monitor
