// SPDX-License-Identifier: Apache-2.0
// Another type of a conflict set runs.
#include <algorithm>
#include <set>
#include <utility>

#include "labeltool/suggest/rules.h"
#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

namespace {

using Names = std::set<std::string>;

Names names_of(const std::vector<policy::Name>& types) {
  Names names;
  for (const policy::Name& type : types) names.insert(type.text);
  return names;
}

// What the refusal is about, under the policy in force.
struct Conflict {
  std::string domain, label;
  std::string set;               // its name
  Names types;                   // and its types: several sets may have one name
  Names own;                     // the label's types in it
  std::vector<Running> holders;  // who run now, and are in the way
};

std::string joined(const std::vector<Running>& domains) {
  std::string text;
  for (const Running& domain : domains) text += (text.empty() ? "" : ", ") + domain.name + " (" + domain.label + ")";
  return text;
}

// The number of the set in the tables; none: the policy in force does not have it.
std::optional<std::size_t> find_set(const Tables& tables, const std::string& name, const Names& types) {
  for (std::size_t set = 0; set < tables.conflict_sets.size(); ++set) {
    const auto members = policy::type_names(tables.conflicts.row(set), tables.chw_types);
    if (tables.conflict_sets[set].name == name && Names(members.begin(), members.end()) == types) return set;
  }
  return std::nullopt;
}

bool remove_from_set(policy::Policy& policy, const Conflict& conflict, const std::string& type) {
  const auto found = std::ranges::find_if(policy.conflict_sets, [&](const policy::ConflictSet& set) {
    return set.name.text == conflict.set && names_of(set.types) == conflict.types;
  });
  if (found == policy.conflict_sets.end()) return false;
  return std::erase_if(found->types, [&](const policy::Name& name) { return name.text == type; }) != 0;
}

bool remove_from_label(policy::Policy& policy, const Conflict& conflict, const std::string& type) {
  policy::VmLabel* label = find_vm_label(policy, conflict.label);
  if (label == nullptr) return false;
  return std::erase_if(label->chw_types, [&](const policy::Name& name) { return name.text == type; }) != 0;
}

bool met(const Tables& after, const Conflict& conflict) {
  const auto label = after.find_vm_label(conflict.label);
  return std::ranges::none_of(conflict.holders, [&](const Running& holder) {
    const auto other = after.find_vm_label(holder.label);
    return other && in_conflict(after, *label, *other);
  });
}

void try_policies(const Situation& situation, const Conflict& conflict, std::vector<Suggestion>& list) {
  Effects asked;
  for (const Running& holder : conflict.holders) asked.together.push_back({conflict.label, holder.label});
  const Allows allows = [&](const Tables& after) { return met(after, conflict); };
  const auto add = [&](std::string what, const Change& change) {
    if (auto suggestion = try_policy(situation, std::move(what), change, allows, asked)) {
      list.push_back(*std::move(suggestion));
    }
  };
  std::size_t tried = 0;
  for (const std::string& type : conflict.types) {
    if (++tried > kMostTypes) break;
    add("take the type " + type + " out of the conflict set " + conflict.set,
        [&](policy::Policy& policy) { return remove_from_set(policy, conflict, type); });
  }
  for (const std::string& type : conflict.own) {
    add("take the Chinese Wall type " + type + " from the label " + conflict.label,
        [&](policy::Policy& policy) { return remove_from_label(policy, conflict, type); });
  }
}

}  // namespace

Answer answer_chinese_wall(const nlohmann::json& reason, const Situation& situation) {
  const Tables& tables = situation.tables();
  const nlohmann::json& named = reason.value("conflict_set", nlohmann::json::object());
  Conflict conflict{.domain = member(reason, "subject", "name"),
                    .label = member(reason, "subject", "label"),
                    .set = named.value("name", ""),
                    .types = named.value("types", Names()),
                    .own = {},
                    .holders = {}};
  const auto label = tables.find_vm_label(conflict.label);
  if (!label) return no_label(conflict.label);
  const auto set = find_set(tables, conflict.set, conflict.types);
  if (!set) return {{}, "the policy in force has no conflict set " + conflict.set + " of these types"};
  for (const std::string& type : policy::type_names(tables.chw(*label), tables.chw_types)) {
    if (conflict.types.contains(type)) conflict.own.insert(type);
  }
  for (const Running& domain : situation.running) {
    const auto other = tables.find_vm_label(domain.label);
    if (domain.name != conflict.domain && other && in_conflict(tables, *set, *label, *other)) {
      conflict.holders.push_back(domain);
    }
  }
  if (conflict.holders.empty()) return {{}, "nobody who runs now is in its way"};
  Answer answer;
  answer.suggestions.push_back(
      {.kind = "stop", .what = "stop " + joined(conflict.holders), .commands = {}, .also = {}, .no_more = {}});
  try_policies(situation, conflict, answer.suggestions);
  for (Suggestion& suggestion :
       try_labels(situation, conflict.domain, conflict.label, [](VmLabelId) { return true; }, {})) {
    answer.suggestions.push_back(std::move(suggestion));
  }
  return answer;
}

}  // namespace xenacm::labeltool::suggest
