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

}  // namespace

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

Outcome decide(const State& state, const AttachLink& attach) {
  const LinkKey& key = attach.key;
  const auto present = state.links().find(key);
  if (present != state.links().end() && (attach.bridge.empty() || attach.bridge == present->second.bridge)) {
    return allow(state, {});  // an admitted link that reconnects
  }
  std::vector<Reason> reasons;
  require_running(state, key.frontend, reasons);
  require_running(state, key.backend, reasons);
  if (!reasons.empty()) {
    const RunningDomain* known = state.find_running(key.frontend);
    return conclude(state, known != nullptr ? known->label : StoredLabel{}, std::move(reasons),
                    {PutLink{{key, attach.bridge}}});
  }
  const Subject frontend = subject_of(state, *state.find_running(key.frontend));
  const Subject backend = subject_of(state, *state.find_running(key.backend));
  judge_link(state, frontend, backend, reasons);
  if (reasons.empty() && key.device_class == "vif") {
    if (auto reason = bridge_rule(state, frontend, backend, attach.bridge)) reasons.push_back(*std::move(reason));
  }
  return conclude(state, frontend.label, std::move(reasons), {PutLink{{key, attach.bridge}}});
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
