// SPDX-License-Identifier: Apache-2.0
// Labels of domains and resources (acm.md 4.3, 6.5 as ruled by decisions.md 9-12).
#include <algorithm>

#include "enforcer/monitor/admission.h"

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
  domain0.label = {state.tables().ref.name, label};
  State relabelled = state;
  relabelled.apply(PutRunning{domain0});
  std::vector<Reason> reasons = judge_running(relabelled);
  return conclude(state, domain0.label, std::move(reasons), {PutRunning{domain0}});
}

bool is_running(const State& state, const DomainName& name) {
  return std::ranges::any_of(state.running(),
                             [&](const auto& entry) { return configured_name(entry.second.name) == name; });
}

// A resource keeps its label, or its lack of one, while a domain uses it (decisions.md 12). Of what is in use the
// bridges are known.
std::optional<Fault> in_use(const State& state, const ResourceName& resource) {
  for (const auto& [key, link] : state.links()) {
    const RunningDomain* backend = state.find_running(key.backend);
    if (link.bridge.empty() || backend == nullptr) continue;
    if (bridge_name(link.bridge, configured_name(backend->name).get()) != resource) continue;
    const RunningDomain* frontend = state.find_running(key.frontend);
    const std::string user = frontend != nullptr ? frontend->name.get() : std::to_string(key.frontend.get());
    return Fault{FaultCode::conflict, "The resource is in use by vif " + std::to_string(key.device) + " of domain '" +
                                          user + "'; detach it first."};
  }
  return std::nullopt;
}

}  // namespace

Outcome decide(const State& state, const LabelDomain& request) {
  if (auto wrong = check_policy_name(state, request.policy)) return std::unexpected(*std::move(wrong));
  if (!state.tables().find_vm_label(request.label)) return fault(FaultCode::invalid, not_found(request.label, "dom"));
  if (request.name.get() == kDomain0Name) return relabel_domain0(state, request.label);

  const std::string& name = request.name.get();
  if (configured_name(request.name) != request.name) {
    return fault(FaultCode::invalid, "'" + name + "' is the name of a migration under way; label '" +
                                         configured_name(request.name).get() + "'.");
  }
  const Binding binding{{state.tables().ref.name, request.label}, request.uuid};
  const auto present = state.bindings().find(request.name);
  if (present != state.bindings().end()) {
    if (present->second == binding) return allow(state, {});
    return fault(FaultCode::conflict, "Domain '" + name + "' is already labeled with '" + present->second.label.text() +
                                          "'. (labeltool rmlabel mgt " + name + " removes the label)");
  }
  const auto same_uuid = std::ranges::find_if(
      state.bindings(), [&](const auto& entry) { return request.uuid && entry.second.uuid == request.uuid; });
  if (same_uuid != state.bindings().end()) {
    return fault(FaultCode::conflict, "uuid " + request.uuid->get() + " already belongs to '" + same_uuid->first.get() +
                                          "', which is labeled with '" + same_uuid->second.label.text() + "'.");
  }
  if (is_running(state, request.name)) {
    return fault(FaultCode::conflict,
                 "Domain '" + name + "' is running; a running domain is not relabelled. Stop it first.");
  }
  return allow(state, {PutBinding{request.name, binding}});
}

Outcome decide(const State& state, const UnlabelDomain& request) {
  const std::string& name = request.name.get();
  if (name == kDomain0Name) return fault(FaultCode::invalid, "Domain-0 always has a label; addlabel gives it another.");
  if (!state.bindings().contains(request.name)) return fault(FaultCode::not_found, "Domain was not labeled.");
  if (is_running(state, request.name)) {
    return fault(FaultCode::conflict,
                 "Domain '" + name + "' is running; a running domain is not relabelled. Stop it first.");
  }
  return allow(state, {DropBinding{request.name}});
}

Outcome decide(const State& state, const LabelResource& request) {
  StoredLabel label{state.tables().ref.name, request.label};
  if (request.label == policy::kInaccessible) {
    label.policy = "*";  // valid under every policy (acm.md 1.3)
  } else {
    if (auto wrong = check_policy_name(state, request.policy)) return std::unexpected(*std::move(wrong));
    if (!state.tables().find_resource_label(request.label)) {
      return fault(FaultCode::invalid, not_found(request.label, "res"));
    }
  }
  const auto present = state.resources().find(request.resource);
  if (present == state.resources().end()) {
    if (auto used = in_use(state, request.resource)) return std::unexpected(*std::move(used));
    return allow(state, {PutResource{request.resource, label}});
  }
  if (present->second == label) return allow(state, {});
  return fault(FaultCode::conflict,
               "'" + request.resource.get() + "' is already labeled with '" + present->second.text() + "'.");
}

Outcome decide(const State& state, const UnlabelResource& request) {
  if (!state.resources().contains(request.resource)) return fault(FaultCode::not_found, "Resource not labeled");
  if (auto used = in_use(state, request.resource)) return std::unexpected(*std::move(used));
  return allow(state, {DropResource{request.resource}});
}

}  // namespace xenacm::monitor
