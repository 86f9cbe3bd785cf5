// SPDX-License-Identifier: Apache-2.0
// May this policy replace the present one? (acm.md 2, 4 as ruled by decisions.md 2, 13-15.) And: the mode.
#include <map>

#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

namespace {

using policy::Renames;  // old label -> new label

// The name DEFAULT frees from the version chain, so no other document may carry it.
std::optional<Fault> reserved_name_rule(const policy::PolicyRef& next) {
  if (next.name != policy::kDefaultPolicyName || next.digest == policy::digest_of(policy::default_document())) {
    return std::nullopt;
  }
  return Fault{FaultCode::invalid,
               "The policy name DEFAULT belongs to the built-in policy; give the policy another name."};
}

// The version chain, which holds unless one of the two policies is DEFAULT (acm.md 2).
std::optional<Fault> version_rule(const policy::Header& current, const policy::Header& next) {
  if (current.name.text == policy::kDefaultPolicyName || next.name.text == policy::kDefaultPolicyName)
    return std::nullopt;
  const auto refused = [](const std::string& why) {
    return Fault{FaultCode::refused_version, "The version of the policy prevents an update: " + why};
  };
  const std::string enforced = current.name.text + " " + current.version.text();
  if (!next.from) return refused("it has no FromPolicy, and " + enforced + " is enforced");
  if (next.from->name.text != current.name.text || next.from->version != current.version) {
    return refused("its FromPolicy is " + next.from->name.text + " " + next.from->version.text() + ", but " + enforced +
                   " is enforced");
  }
  if (next.version <= current.version) {
    return refused("its version " + next.version.text() + " is not greater than " + current.version.text());
  }
  return std::nullopt;
}

// Labels that keep their name or are renamed; what is missing from the map is deleted. All at once, so a swap works.
template <class Labels>
Renames renames_of(const Labels& labels) {
  Renames map;
  for (const auto& label : labels) map[label.from ? label.from->text : label.name.text] = label.name.text;
  return map;
}

template <class Labels, class Known>
std::optional<Fault> check_renames(const Labels& labels, Known known) {
  for (const auto& label : labels) {
    if (!label.from || known(label.from->text)) continue;
    return Fault{FaultCode::invalid, "line " + std::to_string(label.from->at.line) + ": label '" + label.name.text +
                                         "' renames '" + label.from->text +
                                         "', which the present policy does not have"};
  }
  return std::nullopt;
}

// A stored label under the new policy: renamed, kept, or invalidated (acm.md 4.1).
StoredLabel carry_over(const StoredLabel& label, const std::string& current, const std::string& next,
                       const Renames& renames) {
  if (!label.valid || label.policy != current) return label;
  const auto found = renames.find(label.label);
  if (found == renames.end()) return {label.policy, label.label, false};
  return {next, found->second};
}

// What becomes of the labels of the present policy's under the next one.
struct Succession {
  Renames domain0;
  Renames vm;
  Renames resource;
};

Succession succession_of(const SetPolicy& set) {
  if (set.back) return {set.back->lineage.vm, set.back->lineage.vm, set.back->lineage.resource};
  const Renames vm = renames_of(set.compiled->policy.vm_labels);
  return {vm, vm, renames_of(set.compiled->policy.resource_labels)};
}

Delta changes_of(const State& state, const SetPolicy& set, const Succession& succession) {
  const std::string& current = state.tables().ref.name;
  const std::string& next = set.compiled->tables.ref.name;

  Delta delta{PutPolicy{set.compiled, set.document}};
  // Who waits under a ticket is judged by the new policy when it starts.
  for (const auto& [id, ticket] : state.tickets()) delta.emplace_back(DropTicket{id});
  for (auto [domid, domain] : state.running()) {
    domain.label = carry_over(domain.label, current, next, domid == kDomain0 ? succession.domain0 : succession.vm);
    // A running domain without a label stays without one, whether or not the policy knows what that means.
    if (!domain.label.valid && domain.label.label == policy::kUnlabeled) domain.label = {next, domain.label.label};
    delta.emplace_back(PutRunning{std::move(domain)});
  }
  for (auto [name, binding] : state.bindings()) {
    StoredLabel renamed = carry_over(binding.label, current, next, succession.vm);
    if (renamed != binding.label && !binding.configured) binding.configured = binding.label;
    binding.label = std::move(renamed);
    delta.emplace_back(PutBinding{name, std::move(binding)});
  }
  for (auto [name, resource] : state.resources()) {
    resource.label = carry_over(resource.label, current, next, succession.resource);
    delta.emplace_back(PutResource{name, std::move(resource)});
  }
  for (const auto& [vif, label] : state.vif_labels()) {
    delta.emplace_back(PutVifLabel{vif, carry_over(label, current, next, succession.resource)});
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
Decided replace(const State& state, const State& updated, Delta delta) {
  Decided decided = conclude(state, {}, judge_running(updated), std::move(delta));
  decided.verdict.policy = updated.tables().ref;  // whose rules and lines the reasons name
  return decided;
}

Fault domain0_lost(const State& state) {
  const std::string& label = state.domain0().label.label;
  return {FaultCode::conflict, "Domain-0 carries the label '" + label +
                                   "', which the new policy neither keeps nor renames (from=\"" + label + "\")."};
}

}  // namespace

std::vector<Reason> judge_running(const State& state) {
  std::vector<Reason> reasons;
  // Replay: the domains start one after another, so a conflict names those that came before.
  State replay = state;
  for (const auto& [domid, domain] : state.running()) {
    if (domid != kDomain0) replay.apply(DropRunning{domid});
  }
  for (const auto& [domid, domain] : state.running()) {
    if (domid == kDomain0) continue;
    for (Reason& reason : judge_domain(replay, subject_of(replay, domain))) {
      // A domain that runs is not relabelled.
      if (reason.rule == Rule::label) {
        reason.remedy = "stop " + domain.name.get() + ", or keep or rename its label in the new policy";
      }
      reasons.push_back(std::move(reason));
    }
    replay.apply(PutRunning{domain});
  }
  for (const auto& [key, link] : state.links()) {
    const RunningDomain* frontend = state.find_running(key.frontend);
    const RunningDomain* backend = state.find_running(key.backend);
    if (frontend == nullptr || backend == nullptr) continue;
    const Subject front = subject_of(state, *frontend);
    const Subject back = subject_of(state, *backend);
    if (!front.row || !back.row) continue;  // said above, of the domain
    judge(state, front, back, link, reasons);
  }
  return reasons;
}

namespace {

// An update names what it comes from, and what it renames.
std::optional<Fault> update_rule(const State& state, const policy::Policy& next) {
  if (auto wrong = version_rule(state.policy().policy.header, next.header)) return wrong;
  const auto known_vm = [&](const std::string& name) { return state.tables().find_vm_label(name).has_value(); };
  const auto known_resource = [&](const std::string& name) {
    return state.tables().find_resource_label(name).has_value();
  };
  if (auto wrong = check_renames(next.vm_labels, known_vm)) return wrong;
  return check_renames(next.resource_labels, known_resource);
}

// The names of what has a label with a meaning before, and none after.
template <class Entries, class LabelOf>
std::vector<std::string> invalidated(const Entries& before, const Entries& after, LabelOf label_of) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : before) {
    if (label_of(entry).valid && !label_of(after.at(name)).valid) names.push_back(name.get());
  }
  return names;
}

// A document that was mistaken for an update would leave everything without a label at one stroke.
std::optional<Fault> drastic_rule(const State& state, const State& updated, unsigned most_invalidated) {
  const auto lost_domains =
      invalidated(state.bindings(), updated.bindings(), [](const Binding& b) -> const StoredLabel& { return b.label; });
  const auto lost_resources = invalidated(state.resources(), updated.resources(),
                                          [](const LabelledResource& r) -> const StoredLabel& { return r.label; });
  const auto is_drastic = [&](std::size_t lost, std::size_t all) { return lost * 100 > all * most_invalidated; };
  if (!is_drastic(lost_domains.size(), state.bindings().size()) &&
      !is_drastic(lost_resources.size(), state.resources().size())) {
    return std::nullopt;
  }
  std::string names;
  for (const auto* lost : {&lost_domains, &lost_resources}) {
    for (const std::string& name : *lost) names += (names.empty() ? "" : ", ") + name;
  }
  return Fault{FaultCode::conflict,
               "The policy would take the meaning from the labels of " + std::to_string(lost_domains.size()) + " of " +
                   std::to_string(state.bindings().size()) + " domains and " + std::to_string(lost_resources.size()) +
                   " of " + std::to_string(state.resources().size()) + " resources (" + names + "); more than " +
                   std::to_string(most_invalidated) + " % of either needs --force."};
}

}  // namespace

Outcome decide(const State& state, const SetPolicy& set) {
  if (set.compiled->tables.ref == state.tables().ref) return allow(state, {});  // the very policy that is enforced
  if (auto wrong = reserved_name_rule(set.compiled->tables.ref)) return std::unexpected(*std::move(wrong));
  if (set.back && set.back->digest != state.tables().ref.digest) {
    return std::unexpected(Fault{FaultCode::conflict, "The policy has changed meanwhile; ask again."});
  }
  if (!set.back) {
    if (auto wrong = update_rule(state, set.compiled->policy)) return std::unexpected(*std::move(wrong));
  }
  Delta delta = changes_of(state, set, succession_of(set));
  State updated = state;
  updated.apply(delta);
  if (!updated.row_of(updated.domain0().label)) return std::unexpected(domain0_lost(state));
  if (auto drastic = drastic_rule(state, updated, set.most_invalidated)) return std::unexpected(*std::move(drastic));
  return replace(state, updated, std::move(delta));
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
  return replace(state, updated, std::move(delta));
}

Outcome decide(const State& state, const SetMode& set) {
  if (!set.label) return allow(state, {PutMode{"", set.mode}});
  if (!state.tables().find_vm_label(*set.label)) {
    return std::unexpected(Fault{FaultCode::invalid, "Label '" + *set.label + "' not found."});
  }
  return allow(state, {PutMode{*set.label, set.mode}});
}

}  // namespace xenacm::monitor
