// SPDX-License-Identifier: Apache-2.0
// May this policy replace the present one? (acm.md 2, 4 as ruled by decisions.md 2, 13-15.) And: the mode.
#include <algorithm>
#include <iterator>

#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/policy_faults.h"

namespace xenacm::monitor {

namespace {

using policy::Renames;  // old label -> new label

// Labels that keep their name or are renamed; what is missing from the map is deleted. All at once, so a swap works.
template <class Labels>
Renames renames_of(const Labels& labels) {
  Renames map;
  for (const auto& label : labels) map[label.from ? label.from->text : label.name.text] = label.name.text;
  return map;
}

// A stored label under the new policy: renamed, kept, or invalidated (acm.md 4.1).
StoredLabel carry_over(const StoredLabel& label, const std::string& current, const std::string& next,
                       const Renames& renames) {
  if (!label.valid || label.policy != current) return label;
  const auto found = renames.find(label.label);
  if (found == renames.end()) return {label.policy, label.label, false};
  return {next, found->second};
}

// A running domain without a label stays without one, whether or not the policy knows what that means, or gives its
// __UNLABELED__ another name. (Domain-0 always has one.)
StoredLabel running_label(const StoredLabel& label, const std::string& current, const std::string& next,
                          const Renames& renames) {
  const StoredLabel unlabelled{current, std::string(policy::kUnlabeled)};
  if (label == unlabelled) return {next, unlabelled.label};
  return carry_over(label, current, next, renames);
}

// What becomes of the labels of the present policy's under the next one.
struct Succession {
  Renames domain0;
  Renames vm;
  Renames resource;
};

// What Domain-0 is called when a policy comes back: as it was then; else, as DEFAULT was in force in between, what it
// would be called if the policy were set now.
Renames domain0_back(const State& state, const SetPolicy& set) {
  const policy::Tables& next = set.compiled->tables;
  const std::string& present = state.domain0().label.label;
  if (const auto then = set.back->lineage.vm.find(present); then != set.back->lineage.vm.end()) {
    return {{present, then->second}};
  }
  if (next.ref.name == policy::kDefaultPolicyName) return {{present, next.vm_labels[next.bootstrap.get()].name}};
  return renames_of(set.compiled->policy.vm_labels);
}

Succession succession_of(const State& state, const SetPolicy& set) {
  if (set.back) return {domain0_back(state, set), set.back->lineage.vm, set.back->lineage.resource};
  const Renames vm = renames_of(set.compiled->policy.vm_labels);
  return {vm, vm, renames_of(set.compiled->policy.resource_labels)};
}

Delta changes_of(const State& state, const SetPolicy& set, const Succession& succession) {
  const std::string& current = state.tables().ref.name;
  const std::string& next = set.compiled->tables.ref.name;

  Delta delta{PutPolicy{set.compiled, set.document, set.signature.value_or("")}};
  // Who waits under a ticket is judged by the new policy when it starts.
  for (const auto& [id, ticket] : state.tickets()) delta.emplace_back(DropTicket{id});
  // Rows whose label stays what it is are left alone.
  for (const auto& [domid, domain] : state.running()) {
    PutRunning put{domain};
    put.domain.label = domid == kDomain0 ? carry_over(domain.label, current, next, succession.domain0)
                                         : running_label(domain.label, current, next, succession.vm);
    if (put.domain.label != domain.label) delta.emplace_back(std::move(put));
  }
  for (const auto& [name, binding] : state.bindings()) {
    StoredLabel label = carry_over(binding.label, current, next, succession.vm);
    if (label == binding.label) continue;
    PutBinding put{name, binding};
    if (!binding.configured) put.binding.configured = binding.label;
    put.binding.label = std::move(label);
    delta.emplace_back(std::move(put));
  }
  for (const auto& [name, resource] : state.resources()) {
    StoredLabel label = carry_over(resource.label, current, next, succession.resource);
    if (label != resource.label) delta.emplace_back(PutResource{name, {std::move(label), resource.identity}});
  }
  for (const auto& [vif, label] : state.vif_labels()) {
    StoredLabel carried = carry_over(label, current, next, succession.resource);
    if (carried != label) delta.emplace_back(PutVifLabel{vif, std::move(carried)});
  }
  // A label's own mode follows a rename, and ends with the label.
  for (const auto& [label, mode] : state.modes()) {
    if (label.empty()) continue;
    delta.emplace_back(DropMode{label});
  }
  for (const auto& [label, mode] : state.modes()) {
    if (const auto kept = succession.vm.find(label); !label.empty() && kept != succession.vm.end())
      delta.emplace_back(PutMode{kept->second, mode});
  }
  return delta;
}

// The verdict on a policy under which everything that runs is judged again.
Decided replace(const State& state, const State& updated, std::vector<Reason> reasons, Delta delta) {
  Decided decided = conclude(state, {}, std::move(reasons), std::move(delta));
  decided.verdict.policy = updated.tables().ref;  // whose rules and lines the reasons name
  return decided;
}

}  // namespace

Outcome decide(const State& state, const SetPolicy& set) {
  if (set.compiled->tables.ref == state.tables().ref) return allow(state, {});  // the very policy that is enforced
  if (set.back && set.back->digest != state.tables().ref.digest) {
    return std::unexpected(Fault{FaultCode::conflict, "The policy has changed meanwhile; ask again."});
  }
  Delta delta = changes_of(state, set, succession_of(state, set));
  State updated = state;
  updated.apply(delta);
  std::vector<Fault> faults = faults_of_document(state, set);
  std::ranges::move(faults_of_labels(state, updated, set.most_invalidated), std::back_inserter(faults));
  std::vector<Reason> reasons = judge_running(updated);
  if (!faults.empty()) return std::unexpected(all_at_once(std::move(faults), std::move(reasons)));
  return replace(state, updated, std::move(reasons), std::move(delta));
}

// Domain-0 becomes the one label that DEFAULT has, whichever it carries; every other label loses its meaning.
Outcome decide(const State& state, const ResetPolicy& /*reset*/) {
  const auto document = std::make_shared<const std::string>(policy::default_document());
  const SetPolicy set{.compiled = std::make_shared<const policy::Compiled>(*policy::compile_document(*document)),
                      .document = document};
  if (set.compiled->tables.ref == state.tables().ref) return allow(state, {});
  const policy::Tables& tables = set.compiled->tables;
  const Renames domain0{{state.domain0().label.label, tables.vm_labels[tables.bootstrap.get()].name}};
  Delta delta = changes_of(state, set, {domain0, {}, {}});
  State updated = state;
  updated.apply(delta);
  return replace(state, updated, judge_running(updated), std::move(delta));
}

Outcome decide(const State& state, const SetMode& set) {
  if (!set.label) return allow(state, {PutMode{"", set.mode}});
  if (!state.tables().find_vm_label(*set.label)) {
    return std::unexpected(Fault{FaultCode::invalid, "Label '" + *set.label + "' not found."});
  }
  return allow(state, {PutMode{*set.label, set.mode}});
}

}  // namespace xenacm::monitor
