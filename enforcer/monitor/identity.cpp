// SPDX-License-Identifier: Apache-2.0
// Is this the domain it says it is? What is recorded of ids, names, uuids and labels must not be contradicted.
#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

Reason contradiction(const DomainName& name, std::string message, std::string remedy) {
  return {.rule = Rule::integrity,
          .message = std::move(message),
          .subject = {.name = name.get()},
          .remedy = std::move(remedy)};
}

Reason never_admitted(DomId domid) {
  const std::string name = "domain " + std::to_string(domid.get());
  return {.rule = Rule::integrity,
          .message = name + " was never admitted",
          .subject = {.name = name},
          .remedy = "start the domain through a toolstack that uses xenstored's socket"};
}

const Binding* find_binding(const State& state, const DomainName& name, const Uuid& uuid) {
  if (const auto* by_uuid = state.find_bound(uuid)) return &by_uuid->second;
  const auto by_name = state.bindings().find(configured_name(name));
  if (by_name == state.bindings().end()) return nullptr;
  const bool for_another = by_name->second.uuid && by_name->second.uuid != uuid;
  return for_another ? nullptr : &by_name->second;
}

StoredLabel effective_label(const State& state, const DomainName& name, const Uuid& uuid) {
  const Binding* binding = find_binding(state, name, uuid);
  return binding != nullptr ? binding->label : StoredLabel{state.tables().ref.name, std::string(policy::kUnlabeled)};
}

std::optional<Reason> id_rule(const State& state, DomId domid, const DomainName& name) {
  const RunningDomain* present = state.find_running(domid);
  if (present == nullptr) return std::nullopt;
  return contradiction(name,
                       "domain id " + std::to_string(domid.get()) + " is held by '" + present->name.get() + "' (uuid " +
                           present->uuid.get() + ")",
                       "start the domain again, once '" + present->name.get() + "' is gone");
}

std::optional<Reason> name_rule(const State& state, const DomainName& as_named, const Uuid& uuid) {
  const DomainName configured = configured_name(as_named);
  const std::string& name = configured.get();
  if (name == kDomain0Name) {
    return contradiction(as_named, "the name Domain-0 belongs to domain 0", "give the domain another name");
  }
  const auto by_name = state.bindings().find(configured);
  if (by_name == state.bindings().end()) return std::nullopt;
  if (by_name->second.uuid && by_name->second.uuid != uuid) {
    return contradiction(as_named,
                         "the label of '" + name + "' is bound to uuid " + by_name->second.uuid->get() +
                             ", but the domain has uuid " + uuid.get(),
                         "labeltool rmlabel mgt " + name + ", then label the domain that is meant");
  }
  const auto* by_uuid = state.find_bound(uuid);
  if (by_uuid == nullptr || by_uuid->second.label == by_name->second.label) return std::nullopt;
  return contradiction(as_named,
                       "the name '" + name + "' is labeled '" + by_name->second.label.text() + "', but uuid " +
                           uuid.get() + " is labeled '" + by_uuid->second.label.text() + "' as '" +
                           by_uuid->first.get() + "'",
                       "labeltool rmlabel mgt " + name + ", or give the domain another name");
}

// The global mode rules where the domain is not known, and so its label is not.
Outcome decide(const State& state, const IntroduceDomain& introduce) {
  const RunningDomain* present = state.find_running(introduce.domid);
  if (present == nullptr) return conclude(state, {}, {never_admitted(introduce.domid)}, {});
  return allow(state, {});
}

// A domain keeps the label that it started with; it can not take the name of another, or one that says another label.
Outcome decide(const State& state, const RenameDomain& rename) {
  const RunningDomain* present = state.find_running(rename.domid);
  if (present == nullptr || present->name == rename.name) return allow(state, {});
  // Networks of Domain-0 carry their labels under its name, and configurations mean it where they name no backend.
  if (rename.domid == kDomain0) {
    return conclude(state, present->label,
                    {contradiction(rename.name, "domain 0 is Domain-0 and keeps this name", "leave Domain-0 its name")},
                    {});
  }
  std::vector<Reason> reasons;
  if (auto reason = name_rule(state, rename.name, present->uuid)) reasons.push_back(*std::move(reason));
  const auto bound = state.bindings().find(configured_name(rename.name));
  if (reasons.empty() && bound != state.bindings().end() && bound->second.label != present->label) {
    reasons.push_back(
        contradiction(rename.name,
                      "the name '" + rename.name.get() + "' is labeled '" + bound->second.label.text() +
                          "', but domain '" + present->name.get() + "' runs as '" + present->label.text() + "'",
                      "labeltool rmlabel mgt " + rename.name.get() + ", or give the domain another name"));
  }
  if (const RunningDomain* other = state.find_running(rename.name)) {
    reasons.push_back(contradiction(
        rename.name, "the name '" + rename.name.get() + "' belongs to domain " + std::to_string(other->domid.get()),
        "give the domain another name"));
  }
  RunningDomain renamed = *present;
  renamed.name = rename.name;
  return conclude(state, present->label, std::move(reasons), {PutRunning{std::move(renamed)}});
}

}  // namespace xenacm::monitor
