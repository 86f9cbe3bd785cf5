// SPDX-License-Identifier: Apache-2.0
#include "labeltool/suggest/trial.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "enforcer/monitor/ids.h"
#include "labeltool/suggest/commands.h"
#include "policy/checks.h"

namespace xenacm::labeltool::suggest {

namespace {

// Each label is what it was: from= is about an update that was.
void forget_renames(policy::Policy& policy) {
  for (policy::VmLabel& label : policy.vm_labels) label.from.reset();
  for (policy::ResourceLabel& label : policy.resource_labels) label.from.reset();
}

std::optional<policy::Compiled> changed_policy(const Situation& situation, const Change& change) {
  policy::Policy changed = situation.policy.policy;
  if (!change(changed)) return std::nullopt;
  forget_renames(changed);
  if (policy::has_errors(policy::check(changed))) return std::nullopt;
  Tables tables = policy::compile(changed, {});
  return policy::Compiled{.policy = std::move(changed), .tables = std::move(tables), .warnings = {}};
}

std::vector<std::string> newly_authorized(const Situation& situation, const Tables& before, const Tables& after) {
  std::vector<std::string> labels;
  for (const policy::Entry& label : after.vm_labels) {
    if (authorized(situation, after, label.name) && !authorized(situation, before, label.name)) {
      labels.push_back(label.name);
    }
  }
  return labels;
}

void leave_out(std::vector<LabelPair>& pairs, const std::vector<LabelPair>& asked) {
  std::erase_if(pairs, [&](const LabelPair& pair) {
    return std::ranges::any_of(asked, [&](const LabelPair& one) { return is_pair(pair, one.first, one.second); });
  });
}

void leave_out(Effects& effects, const Effects& asked) {
  leave_out(effects.sharing, asked.sharing);
  leave_out(effects.together, asked.together);
  leave_out(effects.access, asked.access);
  std::erase_if(effects.starts,
                [&](const std::string& label) { return std::ranges::find(asked.starts, label) != asked.starts.end(); });
}

bool stops_what_runs(const Situation& situation, const Tables& after) {
  return std::ranges::any_of(situation.running, [&](const Running& domain) {
    return authorized(situation, situation.tables(), domain.label) && !authorized(situation, after, domain.label);
  });
}

// What a domain may do under one label beyond another.
Effects beyond(const Situation& situation, const std::string& domain, VmLabelId label,
               std::optional<VmLabelId> before) {
  const Tables& tables = situation.tables();
  Effects effects;
  for (std::size_t i = 0; i < tables.vm_labels.size(); ++i) {
    const VmLabelId other(i);
    if (policy::share(tables, label, other) && !(before && policy::share(tables, *before, other))) {
      effects.sharing.push_back({domain, tables.vm_labels[i].name});
    }
  }
  for (std::size_t i = 0; i < tables.resource_labels.size(); ++i) {
    const policy::ResourceLabelId resource(i);
    if (policy::share(tables, label, resource) && !(before && policy::share(tables, *before, resource))) {
      effects.access.push_back({domain, tables.resource_labels[i].name});
    }
  }
  return effects;
}

}  // namespace

bool is_pair(const LabelPair& pair, const std::string& one, const std::string& other) {
  return pair == LabelPair{one, other} || pair == LabelPair{other, one};
}

std::optional<Suggestion> try_policy(const Situation& situation, std::string what, const Change& change,
                                     const Allows& allows, const Effects& asked) {
  const auto after = changed_policy(situation, change);
  if (!after || !allows(after->tables) || stops_what_runs(situation, after->tables)) return std::nullopt;
  policy::Compiled before = situation.policy;
  forget_renames(before.policy);
  policy::Difference found = policy::difference(before, *after);
  Suggestion suggestion{.kind = "policy", .what = std::move(what), .commands = {}, .also = {}, .no_more = {}};
  suggestion.also = {.sharing = std::move(found.sharing.begin),
                     .together = std::move(found.exclusion.cease),
                     .access = std::move(found.access.begin),
                     .starts = newly_authorized(situation, before.tables, after->tables)};
  suggestion.no_more = {.sharing = std::move(found.sharing.cease),
                        .together = std::move(found.exclusion.begin),
                        .access = std::move(found.access.cease),
                        .starts = newly_authorized(situation, after->tables, before.tables)};
  leave_out(suggestion.also, asked);
  return suggestion;
}

std::vector<Suggestion> try_labels(const Situation& situation, const std::string& domain, const std::string& label,
                                   const std::function<bool(VmLabelId)>& fits, const Effects& asked) {
  std::vector<Suggestion> suggestions;
  const Tables& tables = situation.tables();
  if (domain == monitor::kDomain0Name) return suggestions;
  const auto before = tables.find_vm_label(label);
  for (std::size_t i = 0; i < tables.vm_labels.size(); ++i) {
    const std::string& name = tables.vm_labels[i].name;
    const VmLabelId other(i);
    if (name == label || name == policy::kUnlabeled || name == situation.domain0_label) continue;
    if (!authorized(situation, tables, name) || !fits(other) || runs_in_conflict(situation, other, domain)) continue;
    Suggestion suggestion{.kind = "label",
                          .what = "give " + domain + " the label " + name + ", while it does not run",
                          .commands = relabel_domain(domain, label, name),
                          .also = beyond(situation, domain, other, before),
                          .no_more = {}};
    if (before) suggestion.no_more = beyond(situation, domain, *before, other);
    leave_out(suggestion.also, asked);
    suggestions.push_back(std::move(suggestion));
    keep_smallest(suggestions, kMostLabels);  // now: a policy may have thousands
  }
  return suggestions;
}

void add(std::vector<Suggestion>& list, std::optional<Suggestion> suggestion) {
  if (suggestion) list.push_back(*std::move(suggestion));
}

void keep_smallest(std::vector<Suggestion>& suggestions, std::size_t most) {
  std::ranges::stable_sort(suggestions, {}, [](const Suggestion& suggestion) {
    return std::pair(suggestion.also.size(), suggestion.no_more.size());
  });
  if (suggestions.size() > most) suggestions.resize(most);
}

policy::VmLabel* find_vm_label(policy::Policy& policy, const std::string& name) {
  const auto found =
      std::ranges::find_if(policy.vm_labels, [&](const policy::VmLabel& label) { return label.name.text == name; });
  return found == policy.vm_labels.end() ? nullptr : &*found;
}

bool add_type(policy::Policy& policy, const std::string& label, const std::string& type) {
  policy::VmLabel* found = find_vm_label(policy, label);
  if (found == nullptr) return false;
  const bool has = std::ranges::any_of(found->ste_types, [&](const policy::Name& name) { return name.text == type; });
  if (!has) found->ste_types.push_back({.text = type, .at = {}});
  return !has;
}

}  // namespace xenacm::labeltool::suggest
