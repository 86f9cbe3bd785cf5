// SPDX-License-Identifier: Apache-2.0
// May this domain start? (decisions.md 1: label, authorisation, Chinese Wall, then every resource and link in config
// order.)
#include "enforcer/monitor/admission.h"

#include <algorithm>

namespace xenacm::monitor {

namespace {

Reason integrity(std::string message, const DomainName& name, std::string remedy) {
  return {.rule = Rule::integrity,
          .message = std::move(message),
          .subject = {.name = name.get()},
          .remedy = std::move(remedy)};
}

using Bound = std::map<DomainName, Binding>::const_iterator;

Bound bound_to(const State& state, const Uuid& uuid) {
  return std::ranges::find_if(state.bindings(), [&](const auto& entry) { return entry.second.uuid == uuid; });
}

// What is recorded contradicts what is asked: the id is taken, or name and uuid belong to different labels.
std::optional<Reason> identity_rule(const State& state, const StartDomain& start) {
  const std::string& name = start.name.get();
  if (const RunningDomain* present = state.find_running(start.domid)) {
    return integrity("domain id " + std::to_string(start.domid.get()) + " is held by '" + present->name.get() +
                         "' (uuid " + present->uuid.get() + ")",
                     start.name, "start the domain again, once '" + present->name.get() + "' is gone");
  }
  if (configured_name(start.name).get() == kDomain0Name) {
    return integrity("the name Domain-0 belongs to domain 0", start.name, "give the domain another name");
  }
  const auto by_name = state.bindings().find(configured_name(start.name));
  if (by_name == state.bindings().end()) return std::nullopt;
  if (by_name->second.uuid && by_name->second.uuid != start.uuid) {
    return integrity("the label of '" + name + "' is bound to uuid " + by_name->second.uuid->get() +
                         ", but the domain has uuid " + start.uuid.get(),
                     start.name, "labeltool rmlabel mgt " + name + ", then label the domain that is meant");
  }
  const auto by_uuid = bound_to(state, start.uuid);
  if (by_uuid == state.bindings().end() || by_uuid->second.label == by_name->second.label) return std::nullopt;
  return integrity("the name '" + name + "' is labeled '" + by_name->second.label.text() + "', but uuid " +
                       start.uuid.get() + " is labeled '" + by_uuid->second.label.text() + "' as '" +
                       by_uuid->first.get() + "'",
                   start.name, "labeltool rmlabel mgt " + name + ", or give the domain another name");
}

void add(std::vector<Reason>& reasons, std::optional<Reason> reason) {
  if (reason) reasons.push_back(*std::move(reason));
}

void judge_configured_vif(const State& state, const Subject& domain, const StartDomain::Vif& vif,
                          std::vector<Reason>& reasons) {
  const RunningDomain* backend = state.find_running(vif.backend);
  if (backend == nullptr) {
    reasons.push_back({.rule = Rule::label,
                       .message = "the backend domain '" + vif.backend.get() + "' does not run",
                       .subject = {.name = domain.name.get(), .label = domain.label.label},
                       .object = {.name = vif.backend.get()},
                       .remedy = "start " + vif.backend.get() + " first"});
    return;
  }
  judge_vif(state, domain, subject_of(state, *backend), vif.bridge, reasons);
}

}  // namespace

StoredLabel effective_label(const State& state, const DomainName& name, const Uuid& uuid) {
  const auto by_uuid = bound_to(state, uuid);
  if (by_uuid != state.bindings().end()) return by_uuid->second.label;
  const auto by_name = state.bindings().find(configured_name(name));
  const bool for_another = by_name != state.bindings().end() && by_name->second.uuid && by_name->second.uuid != uuid;
  if (by_name != state.bindings().end() && !for_another) return by_name->second.label;
  return {state.tables().ref.name, std::string(policy::kUnlabeled)};
}

std::vector<Reason> judge_domain(const State& state, const Subject& domain) {
  std::vector<Reason> reasons;
  add(reasons, label_rule(state, domain));
  if (!reasons.empty()) return reasons;
  add(reasons, authorization_rule(state, domain));
  add(reasons, chinese_wall_rule(state, domain));
  return reasons;
}

Outcome decide(const State& state, const StartDomain& start) {
  const StoredLabel label = effective_label(state, start.name, start.uuid);
  const RunningDomain* present = state.find_running(start.domid);
  // Asked again for a domain that was admitted, and has not gone since: its label stays what it was.
  if (present != nullptr && present->uuid == start.uuid) return allow(state, {});

  const Subject domain{start.name, label, state.row_of(label)};
  std::vector<Reason> reasons;
  add(reasons, identity_rule(state, start));
  std::ranges::move(judge_domain(state, domain), std::back_inserter(reasons));
  if (domain.row) {
    for (const ResourceName& disk : start.disks) add(reasons, resource_rule(state, domain, disk));
    for (const StartDomain::Vif& vif : start.vifs) judge_configured_vif(state, domain, vif, reasons);
    for (const ResourceName& device : start.pci) add(reasons, resource_rule(state, domain, device));
  }
  Delta delta = release(state, start.domid);  // of what permissive mode lets take another's place
  delta.emplace_back(PutRunning{{start.domid, start.uuid, start.name, label}});
  return conclude(state, label, std::move(reasons), std::move(delta));
}

}  // namespace xenacm::monitor
