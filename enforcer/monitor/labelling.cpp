// SPDX-License-Identifier: Apache-2.0
// Labels of domains and resources (acm.md 4.3, 6.5 as ruled by decisions.md 9-12).
#include <algorithm>

#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/resource_label.h"

namespace xenacm::monitor {

namespace {

std::unexpected<Fault> fault(FaultCode code, std::string message) {
  return std::unexpected(Fault{code, std::move(message)});
}

std::optional<Fault> check_policy_name(const State& state, const std::optional<std::string>& policy) {
  const std::string& enforced = state.tables().ref.name;
  if (!policy || *policy == enforced) return std::nullopt;
  return Fault{FaultCode::invalid,
               "Security policy (" + *policy + ") incompatible with enforced policy (" + enforced + ")."};
}

std::string not_found(const std::string& label, std::string_view type) {
  return "Label '" + label + "' not found. (labeltool labels type=" + std::string(type) +
         " shows the labels of the policy)";
}

// Domain-0's label must cover every domain that runs (acm.md 4.3, manual).
Outcome relabel_domain0(const State& state, const std::string& label) {
  RunningDomain domain0 = state.domain0();
  if (domain0.label == StoredLabel{state.tables().ref.name, label}) return allow(state, {});
  domain0.label = {state.tables().ref.name, label};
  Delta delta{PutRunning{domain0}};
  // Who waits under a ticket is judged beside the new label when it starts.
  for (const auto& [id, ticket] : state.tickets()) delta.emplace_back(DropTicket{id});
  State relabelled = state;
  relabelled.apply(delta);
  std::vector<Reason> reasons = judge_running(relabelled);
  return conclude(state, domain0.label, std::move(reasons), std::move(delta));
}

bool is_running(const State& state, const DomainName& name) {
  return std::ranges::any_of(state.running(),
                             [&](const auto& entry) { return configured_name(entry.second.name) == name; });
}

// By its uuid too, where the label is bound to one: a domain may run under another name than its label's.
bool is_running(const State& state, const DomainName& name, const std::optional<Uuid>& uuid) {
  return is_running(state, name) ||
         std::ranges::any_of(state.running(), [&](const auto& entry) { return entry.second.uuid == uuid; });
}

// A label under this name would never be found.
std::optional<Fault> check_domain_name(const DomainName& name) {
  if (configured_name(name) == name) return std::nullopt;
  return Fault{FaultCode::invalid, "'" + name.get() + "' is the name of a migration under way; label '" +
                                       configured_name(name).get() + "'."};
}

Fault running(const DomainName& domain) {
  return {FaultCode::conflict,
          "Domain '" + domain.get() + "' is running; a running domain is not relabelled. Stop it first."};
}

// The label that a request gives to a resource or vif.
std::expected<StoredLabel, Fault> resource_label(const State& state, const std::string& label,
                                                 const std::optional<std::string>& policy) {
  // Valid under every policy (acm.md 1.3).
  if (label == policy::kInaccessible) return StoredLabel{"*", label};
  if (auto wrong = check_policy_name(state, policy)) return std::unexpected(*std::move(wrong));
  if (!state.tables().find_resource_label(label)) return fault(FaultCode::invalid, not_found(label, "res"));
  return StoredLabel{state.tables().ref.name, label};
}

Fault contradicted(const FoundLabel& found) {
  return {FaultCode::conflict, found.contradiction + ". (" + found.mend + ")"};
}

}  // namespace

Outcome decide(const State& state, const LabelDomain& request) {
  if (auto wrong = check_policy_name(state, request.policy)) return std::unexpected(*std::move(wrong));
  if (!state.tables().find_vm_label(request.label)) return fault(FaultCode::invalid, not_found(request.label, "dom"));
  if (request.name.get() == kDomain0Name) return relabel_domain0(state, request.label);

  const std::string& name = request.name.get();
  if (auto wrong = check_domain_name(request.name)) return std::unexpected(*std::move(wrong));
  const Binding binding{{state.tables().ref.name, request.label}, request.uuid, {}};
  const auto present = state.bindings().find(request.name);
  if (present != state.bindings().end()) {
    if (present->second.label == binding.label && present->second.uuid == binding.uuid) return allow(state, {});
    return fault(FaultCode::conflict, "Domain '" + name + "' is already labeled with '" + present->second.label.text() +
                                          "'. (labeltool rmlabel mgt " + name + " removes the label)");
  }
  const auto same_uuid = std::ranges::find_if(
      state.bindings(), [&](const auto& entry) { return request.uuid && entry.second.uuid == request.uuid; });
  if (same_uuid != state.bindings().end()) {
    return fault(FaultCode::conflict, "uuid " + request.uuid->get() + " already belongs to '" + same_uuid->first.get() +
                                          "', which is labeled with '" + same_uuid->second.label.text() + "'.");
  }
  if (is_running(state, request.name, request.uuid)) return std::unexpected(running(request.name));
  return allow(state, {PutBinding{request.name, binding}});
}

Outcome decide(const State& state, const UnlabelDomain& request) {
  const std::string& name = request.name.get();
  if (name == kDomain0Name) return fault(FaultCode::invalid, "Domain-0 always has a label; addlabel gives it another.");
  const auto present = state.bindings().find(request.name);
  if (present == state.bindings().end()) return fault(FaultCode::not_found, "Domain was not labeled.");
  if (is_running(state, request.name, present->second.uuid)) return std::unexpected(running(request.name));
  return allow(state, {DropBinding{request.name}});
}

Outcome decide(const State& state, const LabelResource& request) {
  const auto label = resource_label(state, request.label, request.policy);
  if (!label) return std::unexpected(label.error());
  const FoundLabel found = find_label(state, request.resource);
  if (!found.contradiction.empty()) return std::unexpected(contradicted(found));
  const ResourceName& name = request.resource.name;
  if (found.record == nullptr) {
    if (auto used = in_use(state, request.resource)) return std::unexpected(*std::move(used));
    return allow(state, {PutResource{name, {*label, request.resource.identity}}});
  }
  const auto& [recorded, resource] = *found.record;
  const StoredLabel& present = resource.label;
  if (present == *label) return allow(state, {});
  return fault(FaultCode::conflict, "'" + name.get() + "' is already labeled with '" + present.text() + "'" +
                                        (recorded == name ? "." : ", as '" + recorded.get() + "'."));
}

Outcome decide(const State& state, const UnlabelResource& request) {
  const auto* record = record_named(state, request.resource);
  if (record == nullptr) return fault(FaultCode::not_found, "Resource not labeled");
  const auto& [name, resource] = *record;
  if (auto used = in_use(state, {name, resource.identity, {}})) return std::unexpected(*std::move(used));
  return allow(state, {DropResource{name}});
}

Outcome decide(const State& state, const LabelVif& request) {
  const auto label = resource_label(state, request.label, request.policy);
  if (!label) return std::unexpected(label.error());
  const DomainName& domain = request.vif.domain;
  if (auto wrong = check_domain_name(domain)) return std::unexpected(*std::move(wrong));
  const bool fixed = domain.get() != kDomain0Name && is_running(state, domain);  // Domain-0 cannot be stopped
  const auto present = state.vif_labels().find(request.vif);
  if (present != state.vif_labels().end()) {
    if (present->second == *label) return allow(state, {});
    return fault(FaultCode::conflict, request.vif.text() + " is already labeled with '" + present->second.text() +
                                          "'. (labeltool rmlabel vif-" + std::to_string(request.vif.index) + " " +
                                          domain.get() + " removes the label)");
  }
  if (fixed) return std::unexpected(running(domain));
  return allow(state, {PutVifLabel{request.vif, *label}});
}

Outcome decide(const State& state, const UnlabelVif& request) {
  if (!state.vif_labels().contains(request.vif)) return fault(FaultCode::not_found, "VIF is not labeled.");
  const DomainName& domain = request.vif.domain;
  if (domain.get() != kDomain0Name && is_running(state, domain)) return std::unexpected(running(domain));
  return allow(state, {DropVifLabel{request.vif}});
}

}  // namespace xenacm::monitor
