// SPDX-License-Identifier: Apache-2.0
// May these two domains be linked? (decisions.md, "Links between domains".)
#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

namespace {

void require_running(const State& state, DomId domid, std::vector<Reason>& reasons) {
  if (state.find_running(domid) != nullptr) return;
  const std::string name = "domain " + std::to_string(domid.get());
  reasons.push_back({.rule = Rule::integrity,
                     .message = name + " was never admitted",
                     .subject = {.name = name},
                     .remedy = "start the domain through a toolstack that uses xenstored's socket"});
}

void judge_link(const State& state, const Subject& frontend, const Subject& backend, std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  for (const Subject* end : {&frontend, &backend}) {
    if (auto reason = label_rule(state, *end)) reasons.push_back(*std::move(reason));
  }
  if (reasons.size() != before) return;
  // Where Domain-0 is the backend, authorisation has already said that the two share a type; asking again costs
  // nothing.
  if (auto reason = link_rule(state, frontend, backend)) reasons.push_back(*std::move(reason));
}

}  // namespace

void judge_vif(const State& state, const Subject& frontend, const Subject& backend, const std::string& bridge,
               std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  judge_link(state, frontend, backend, reasons);
  if (reasons.size() != before) return;
  if (auto reason = bridge_rule(state, frontend, backend, bridge)) reasons.push_back(*std::move(reason));
}

void judge(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
           std::vector<Reason>& reasons) {
  if (link.key.device_class == "vif") return judge_vif(state, frontend, backend, link.bridge, reasons);
  judge_link(state, frontend, backend, reasons);
}

// Judged anew each time, also where the link is recorded: labels and mode may have changed since.
Outcome decide(const State& state, const AttachLink& attach) {
  const LinkKey& key = attach.key;
  std::vector<Reason> reasons;
  require_running(state, key.frontend, reasons);
  require_running(state, key.backend, reasons);
  const RunningDomain* frontend = state.find_running(key.frontend);
  const RunningDomain* backend = state.find_running(key.backend);
  if (frontend != nullptr && backend != nullptr) {
    judge(state, subject_of(state, *frontend), subject_of(state, *backend), {key, attach.bridge}, reasons);
  }
  const auto recorded = state.links().find(key);
  const bool there_before = recorded != state.links().end();
  // A pointer that is written again without a bridge says nothing about the bridge.
  const bool same = there_before && (attach.bridge.empty() || attach.bridge == recorded->second.bridge);
  // Of a link with an unknown end there is no record: it could not end with its domains.
  const bool nothing_new = same || frontend == nullptr || backend == nullptr;
  Decided decided = conclude(state, frontend != nullptr ? frontend->label : StoredLabel{}, std::move(reasons),
                             nothing_new ? Delta{} : Delta{PutLink{{key, attach.bridge}}});
  decided.verdict.changed = decided.verdict.changed && !there_before;
  return decided;
}

Outcome decide(const State& state, const DetachLink& detach) {
  if (!state.links().contains(detach.key)) return allow(state, {});
  return allow(state, {DropLink{detach.key}});
}

Outcome decide(const State& state, const MalformedWrite& write) {
  // Whom such a write would serve cannot be told, so the global mode rules.
  return conclude(state, {},
                  {{.rule = Rule::integrity,
                    .message = write.why,
                    .subject = {.name = write.path},
                    .remedy = "write the node in the form that libxl gives it"}},
                  {});
}

}  // namespace xenacm::monitor
