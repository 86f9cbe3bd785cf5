// SPDX-License-Identifier: Apache-2.0
// What runs, judged as if it all started anew: under another policy, or another label of Domain-0's.
#include <iterator>

#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

namespace {

// A domain that runs is not relabelled.
Reason lost_label(const State& state, const Subject& domain) {
  Reason reason = *label_rule(state, domain);
  reason.remedy = "stop " + domain.name.get() + ", or keep or rename its label in the new policy";
  return reason;
}

// One domain after another, so that a conflict names those that came before.
void judge_domains(const State& state, std::vector<Reason>& reasons) {
  State replay = state;
  for (const auto& [domid, domain] : state.running()) {
    if (domid != kDomain0) replay.apply(DropRunning{domid});
  }
  const bool domain0_has_label = state.row_of(state.domain0().label).has_value();
  for (const auto& [domid, domain] : state.running()) {
    if (domid == kDomain0) continue;
    const Subject subject = subject_of(replay, domain);
    if (!subject.row) {
      reasons.push_back(lost_label(replay, subject));
    } else if (domain0_has_label) {
      std::ranges::move(judge_domain(replay, subject), std::back_inserter(reasons));
    } else {
      std::ranges::move(chinese_wall_rules(replay, subject), std::back_inserter(reasons));
    }
    replay.apply(PutRunning{domain});
  }
}

}  // namespace

std::vector<Reason> judge_running(const State& state) {
  std::vector<Reason> reasons;
  judge_domains(state, reasons);
  for (const auto& [key, link] : state.links()) {
    const RunningDomain* frontend = state.find_running(key.frontend);
    const RunningDomain* backend = state.find_running(key.backend);
    if (frontend == nullptr || backend == nullptr) continue;
    judge_standing(state, subject_of(state, *frontend), subject_of(state, *backend), link, reasons);
  }
  return reasons;
}

}  // namespace xenacm::monitor
