// SPDX-License-Identifier: Apache-2.0
// Domain-0's label does not cover the domain's.
#include <algorithm>
#include <utility>

#include "labeltool/suggest/commands.h"
#include "labeltool/suggest/rules.h"
#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> missing_types(const Tables& tables, VmLabelId label, VmLabelId domain0) {
  std::vector<std::string> types;
  policy::for_each_bit(tables.ste(label), [&](std::size_t type) {
    if (!policy::contains(tables.ste(domain0), type)) types.push_back(tables.ste_types[type]);
  });
  return types;
}

// A label without types is never authorised: it gets one of its own.
std::optional<Suggestion> own_type(const Situation& situation, const std::string& label, const Allows& allows,
                                   const Effects& asked) {
  const auto type = new_type(situation.policy.policy, label);
  if (!type) return std::nullopt;
  return try_policy(
      situation,
      "declare a new type " + *type + " and give it to the labels " + label + " and " + situation.domain0_label +
          " (Domain-0's)",
      [&](policy::Policy& policy) {
        policy.ste_types.push_back({.text = *type, .at = {}});
        const bool given = add_type(policy, label, *type);
        return add_type(policy, situation.domain0_label, *type) && given;
      },
      allows, asked);
}

bool remove_types(policy::Policy& policy, const std::string& label, const std::vector<std::string>& types) {
  policy::VmLabel* found = find_vm_label(policy, label);
  if (found == nullptr) return false;
  return std::erase_if(found->ste_types, [&](const policy::Name& type) {
           return std::ranges::find(types, type.text) != types.end();
         }) != 0;
}

// Labels for Domain-0 that cover the domain's and what runs.
void try_domain0_labels(const Situation& situation, VmLabelId label, const Effects& asked,
                        std::vector<Suggestion>& list) {
  const Tables& tables = situation.tables();
  Situation after = situation;
  for (std::size_t i = 0; i < tables.vm_labels.size(); ++i) {
    const std::string& name = tables.vm_labels[i].name;
    after.domain0_label = name;
    const bool covers = policy::authorized(tables, label, VmLabelId(i));
    const bool all_run = std::ranges::all_of(
        situation.running, [&](const Running& domain) { return authorized(after, tables, domain.label); });
    if (!covers || !all_run || runs_in_conflict(after, VmLabelId(i), {})) continue;
    Suggestion suggestion{.kind = "label",
                          .what = "give Domain-0 the label " + name,
                          .commands = relabel_domain("Domain-0", {}, name),
                          .also = {},
                          .no_more = {}};
    for (const policy::Entry& other : tables.vm_labels) {
      const bool before = authorized(situation, tables, other.name);
      const bool now = authorized(after, tables, other.name);
      const bool was_asked = std::ranges::find(asked.starts, other.name) != asked.starts.end();
      if (now && !before && !was_asked) suggestion.also.starts.push_back(other.name);
      if (before && !now) suggestion.no_more.starts.push_back(other.name);
    }
    list.push_back(std::move(suggestion));
  }
}

}  // namespace

Answer answer_authorization(const nlohmann::json& reason, const Situation& situation) {
  const Tables& tables = situation.tables();
  const std::string label = member(reason, "subject", "label");
  const auto row = tables.find_vm_label(label);
  const auto domain0 = tables.find_vm_label(situation.domain0_label);
  if (!row) return no_label(label);
  if (!domain0) return no_label(situation.domain0_label);
  if (policy::authorized(tables, *row, *domain0)) return {{}, "Domain-0's present label covers it already"};

  const Allows allows = [&](const Tables& after) { return authorized(situation, after, label); };
  const Effects asked{.sharing = {{label, situation.domain0_label}}, .together = {}, .access = {}, .starts = {label}};
  const std::vector<std::string> missing = missing_types(tables, *row, *domain0);
  Answer answer;
  if (missing.empty()) {
    add(answer.suggestions, own_type(situation, label, allows, asked));
  } else {
    add(answer.suggestions,
        try_policy(
            situation, "give the label " + situation.domain0_label + " (Domain-0's) the types " + join(missing),
            [&](policy::Policy& policy) {
              bool added = false;
              for (const std::string& type : missing) added = add_type(policy, situation.domain0_label, type) || added;
              return added;
            },
            allows, asked));
    add(answer.suggestions,
        try_policy(
            situation, "take the types " + join(missing) + " from the label " + label,
            [&](policy::Policy& policy) { return remove_types(policy, label, missing); }, allows, asked));
  }
  try_domain0_labels(situation, *row, asked, answer.suggestions);
  for (Suggestion& suggestion :
       try_labels(situation, member(reason, "subject", "name"), label, [](VmLabelId) { return true; }, {})) {
    answer.suggestions.push_back(std::move(suggestion));
  }
  return answer;
}

}  // namespace xenacm::labeltool::suggest
