// SPDX-License-Identifier: Apache-2.0
// Two domains share no type.
#include <iterator>

#include "labeltool/suggest/rules.h"
#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

namespace {

struct LinkEnds {
  std::string frontend, backend;              // names
  std::string frontend_label, backend_label;  // of which the policy in force has both
  VmLabelId frontend_row, backend_row;
};

Effects linked(const std::string& one, const std::string& other) {
  return {.sharing = {{one, other}}, .together = {}, .access = {}, .starts = {}};
}

// Both labels get a type that nobody else has; Domain-0's label has to cover it.
std::optional<Suggestion> common_type(const Situation& situation, const LinkEnds& ends, const Allows& allows,
                                      const Effects& asked) {
  const auto type = new_type(situation.policy.policy, ends.frontend_label + "-" + ends.backend_label);
  if (!type) return std::nullopt;
  return try_policy(
      situation,
      "declare a new type " + *type + " and give it to the labels " + ends.frontend_label + ", " + ends.backend_label +
          " and " + situation.domain0_label + " (Domain-0's)",
      [&](policy::Policy& policy) {
        policy.ste_types.push_back({.text = *type, .at = {}});
        bool added = false;
        for (const std::string& label : {ends.frontend_label, ends.backend_label, situation.domain0_label}) {
          added = add_type(policy, label, *type) || added;
        }
        return added;
      },
      allows, asked);
}

// One of the labels gets a type of the other's.
void take_over_types(const Situation& situation, const std::string& label, VmLabelId from, const Allows& allows,
                     const Effects& asked, std::vector<Suggestion>& list) {
  std::vector<std::string> types = policy::type_names(situation.tables().ste(from), situation.tables().ste_types);
  if (types.size() > kMostTypes) types.resize(kMostTypes);
  for (const std::string& type : types) {
    add(list, try_policy(
                  situation, "give the label " + label + " the type " + type,
                  [&](policy::Policy& policy) { return add_type(policy, label, type); }, allows, asked));
  }
}

}  // namespace

Answer answer_ste(const nlohmann::json& reason, const Situation& situation) {
  const Tables& tables = situation.tables();
  LinkEnds ends{.frontend = member(reason, "subject", "name"),
                .backend = member(reason, "object", "name"),
                .frontend_label = member(reason, "subject", "label"),
                .backend_label = member(reason, "object", "label"),
                .frontend_row = {},
                .backend_row = {}};
  const auto frontend = tables.find_vm_label(ends.frontend_label);
  const auto backend = tables.find_vm_label(ends.backend_label);
  if (!frontend) return no_label(ends.frontend_label);
  if (!backend) return no_label(ends.backend_label);
  ends.frontend_row = *frontend;
  ends.backend_row = *backend;
  if (policy::share(tables, *frontend, *backend)) return {{}, "the policy in force lets the two labels share already"};

  // A domain that could no longer start would not be linked either.
  const Allows allows = [&](const Tables& after) {
    return policy::share(after, *after.find_vm_label(ends.frontend_label), *after.find_vm_label(ends.backend_label)) &&
           authorized(situation, after, ends.frontend_label) && authorized(situation, after, ends.backend_label);
  };
  const Effects asked = linked(ends.frontend_label, ends.backend_label);
  Answer answer;
  add(answer.suggestions, common_type(situation, ends, allows, asked));
  take_over_types(situation, ends.frontend_label, ends.backend_row, allows, asked, answer.suggestions);
  take_over_types(situation, ends.backend_label, ends.frontend_row, allows, asked, answer.suggestions);
  for (auto& suggestion : try_labels(
           situation, ends.frontend, ends.frontend_label,
           [&](VmLabelId label) { return policy::share(tables, label, *backend); },
           linked(ends.frontend, ends.backend_label))) {
    answer.suggestions.push_back(std::move(suggestion));
  }
  for (auto& suggestion : try_labels(
           situation, ends.backend, ends.backend_label,
           [&](VmLabelId label) { return policy::share(tables, label, *frontend); },
           linked(ends.backend, ends.frontend_label))) {
    answer.suggestions.push_back(std::move(suggestion));
  }
  return answer;
}

}  // namespace xenacm::labeltool::suggest
