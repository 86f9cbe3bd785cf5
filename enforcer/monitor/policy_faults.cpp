// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/policy_faults.h"

#include <utility>

namespace xenacm::monitor {

namespace {

using Faults = std::vector<Fault>;

// The name DEFAULT frees from the version chain, so no other document may carry it.
void check_name(const policy::PolicyRef& next, Faults& faults) {
  if (next.name != policy::kDefaultPolicyName || next.digest == policy::digest_of(policy::default_document())) return;
  faults.push_back(
      {FaultCode::invalid, "The policy name DEFAULT belongs to the built-in policy; give the policy another name."});
}

// The version chain, which holds unless one of the two policies is DEFAULT (acm.md 2).
void check_version(const policy::Header& current, const policy::Header& next, Faults& faults) {
  if (current.name.text == policy::kDefaultPolicyName || next.name.text == policy::kDefaultPolicyName) return;
  const std::string enforced = current.name.text + " " + current.version.text();
  std::string why;
  if (!next.from) {
    why = "it has no FromPolicy, and " + enforced + " is enforced";
  } else if (next.from->name.text != current.name.text || next.from->version != current.version) {
    why = "its FromPolicy is " + next.from->name.text + " " + next.from->version.text() + ", but " + enforced +
          " is enforced";
  }
  if (next.version <= current.version) {
    why += (why.empty() ? "" : "; ") + std::string("its version ") + next.version.text() + " is not greater than " +
           current.version.text();
  }
  if (!why.empty()) {
    faults.push_back({FaultCode::refused_version, "The version of the policy prevents an update: " + why + "."});
  }
}

template <class Labels, class Known>
void check_renames(const Labels& labels, Known known, Faults& faults) {
  for (const auto& label : labels) {
    if (!label.from || known(label.from->text)) continue;
    faults.push_back({FaultCode::invalid, "line " + std::to_string(label.from->at.line) + ": label '" +
                                              label.name.text + "' renames '" + label.from->text +
                                              "', which the present policy does not have."});
  }
}

// The names of what has a label with a meaning before, and none after.
template <class Entries>
std::vector<std::string> invalidated(const Entries& before, const Entries& after) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : before) {
    if (entry.label.valid && !after.at(name).label.valid) names.push_back(name.get());
  }
  return names;
}

// A document that was mistaken for an update would leave everything without a label at one stroke.
void check_drastic(const State& state, const State& updated, unsigned most_invalidated, Faults& faults) {
  const auto lost_domains = invalidated(state.bindings(), updated.bindings());
  const auto lost_resources = invalidated(state.resources(), updated.resources());
  const auto is_drastic = [&](std::size_t lost, std::size_t all) { return lost * 100 > all * most_invalidated; };
  if (!is_drastic(lost_domains.size(), state.bindings().size()) &&
      !is_drastic(lost_resources.size(), state.resources().size())) {
    return;
  }
  std::string names;
  for (const auto* lost : {&lost_domains, &lost_resources}) {
    for (const std::string& name : *lost) names += (names.empty() ? "" : ", ") + name;
  }
  faults.push_back(
      {FaultCode::conflict, "The policy would take the meaning from the labels of " +
                                std::to_string(lost_domains.size()) + " of " + std::to_string(state.bindings().size()) +
                                " domains and " + std::to_string(lost_resources.size()) + " of " +
                                std::to_string(state.resources().size()) + " resources (" + names + "); more than " +
                                std::to_string(most_invalidated) + " % of either needs --force."});
}

}  // namespace

Faults faults_of_document(const State& state, const SetPolicy& set) {
  Faults faults;
  const policy::Policy& next = set.compiled->policy;
  if (set.distrust) faults.push_back({FaultCode::invalid, *set.distrust, {}});
  check_name(set.compiled->tables.ref, faults);
  if (set.back) return faults;
  check_version(state.policy().policy.header, next.header, faults);
  const policy::Tables& tables = state.tables();
  check_renames(
      next.vm_labels, [&](const std::string& name) { return tables.find_vm_label(name).has_value(); }, faults);
  check_renames(
      next.resource_labels, [&](const std::string& name) { return tables.find_resource_label(name).has_value(); },
      faults);
  return faults;
}

Faults faults_of_labels(const State& state, const State& updated, unsigned most_invalidated) {
  Faults faults;
  if (!updated.row_of(updated.domain0().label)) {
    const std::string& label = state.domain0().label.label;
    faults.push_back({FaultCode::conflict, "Domain-0 carries the label '" + label +
                                               "', which the new policy neither keeps nor renames (from=\"" + label +
                                               "\")."});
  }
  check_drastic(state, updated, most_invalidated, faults);
  return faults;
}

Fault all_at_once(Faults faults, std::vector<Reason> reasons) {
  Fault all{faults.front().code, {}, std::move(reasons)};
  for (const Fault& fault : faults) all.message += (all.message.empty() ? "" : " ") + fault.message;
  return all;
}

}  // namespace xenacm::monitor
