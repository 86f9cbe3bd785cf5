// SPDX-License-Identifier: Apache-2.0
// A domain's label and a resource's share no type.
#include <algorithm>
#include <utility>

#include "labeltool/suggest/commands.h"
#include "labeltool/suggest/rules.h"
#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

namespace {

using policy::ResourceLabelId;

struct ResourceEnds {
  std::string domain, resource;              // names
  std::string domain_label, resource_label;  // that of the resource may be none, or one that the policy does not have
  VmLabelId domain_row;
  std::optional<ResourceLabelId> resource_row;
};

Effects used(const std::string& domain, const std::string& resource) {
  return {.sharing = {}, .together = {}, .access = {{domain, resource}}, .starts = {}};
}

// The types of what carries no label are those of a domain without one.
policy::BitRow types_of(const Tables& tables, const ResourceEnds& ends) {
  return ends.resource_row ? tables.ste(*ends.resource_row) : tables.ste(Tables::kUnlabeledRow);
}

bool set_type(policy::Policy& policy, const std::string& label, const std::string& type) {
  const auto found = std::ranges::find_if(policy.resource_labels,
                                          [&](const policy::ResourceLabel& each) { return each.name.text == label; });
  if (found == policy.resource_labels.end()) return false;
  found->ste_type = policy::Name{.text = type, .at = {}};
  return true;
}

// A label's types, each tried with `change`.
template <class ChangeBy>
void try_types(const Situation& situation, const ResourceEnds& ends, std::vector<std::string> types,
               const std::string& words, ChangeBy change, std::vector<Suggestion>& list) {
  if (types.size() > kMostTypes) types.resize(kMostTypes);
  const Allows allows = [&](const Tables& after) {
    return policy::share(after, *after.find_vm_label(ends.domain_label),
                         *after.find_resource_label(ends.resource_label)) &&
           authorized(situation, after, ends.domain_label);
  };
  const Effects asked = used(ends.domain_label, ends.resource_label);
  for (const std::string& type : types) {
    auto suggestion = try_policy(
        situation, words + type, [&](policy::Policy& policy) { return change(policy, type); }, allows, asked);
    if (suggestion) list.push_back(*std::move(suggestion));
  }
}

void try_policies(const Situation& situation, const ResourceEnds& ends, std::vector<Suggestion>& list) {
  const Tables& tables = situation.tables();
  if (!ends.resource_row || ends.resource_label == policy::kUnlabeled) return;
  try_types(
      situation, ends, policy::type_names(tables.ste(*ends.resource_row), tables.ste_types),
      "give the label " + ends.domain_label + " the type ",
      [&](policy::Policy& policy, const std::string& type) { return add_type(policy, ends.domain_label, type); }, list);
  try_types(
      situation, ends, policy::type_names(tables.ste(ends.domain_row), tables.ste_types),
      "give the resource label " + ends.resource_label + " the type ",
      [&](policy::Policy& policy, const std::string& type) { return set_type(policy, ends.resource_label, type); },
      list);
}

// Which labels of domains may use what is labelled so, and not what is labelled `before`.
std::vector<LabelPair> users_beyond(const Tables& tables, ResourceLabelId label, policy::BitRow before,
                                    const std::string& resource) {
  std::vector<LabelPair> users;
  for (std::size_t i = 0; i < tables.vm_labels.size(); ++i) {
    const policy::BitRow types = tables.vm_ste.row(i);
    if (policy::intersects(types, tables.ste(label)) && !policy::intersects(types, before)) {
      users.push_back({tables.vm_labels[i].name, resource});
    }
  }
  return users;
}

void try_resource_labels(const Situation& situation, const ResourceEnds& ends, std::vector<Suggestion>& list) {
  const Tables& tables = situation.tables();
  if (ends.resource == "vif") return;  // one that names no network: there is nothing to label
  const bool labelled = !ends.resource_label.empty() && ends.resource_label != policy::kUnlabeled;
  std::vector<Suggestion> found;
  for (std::size_t i = 0; i < tables.resource_labels.size(); ++i) {
    const ResourceLabelId label(i);
    const std::string& name = tables.resource_labels[i].name;
    const bool reserved = name == policy::kUnlabeled || name == policy::kInaccessible;
    if (reserved || name == ends.resource_label || !policy::share(tables, ends.domain_row, label)) continue;
    Suggestion suggestion{.kind = "label",
                          .what = "give " + ends.resource + " the label " + name + ", while nobody uses it",
                          .commands = relabel_resource(ends.resource, labelled, name),
                          .also = {},
                          .no_more = {}};
    suggestion.also.access = users_beyond(tables, label, types_of(tables, ends), ends.resource);
    std::erase(suggestion.also.access, LabelPair{ends.domain_label, ends.resource});
    if (ends.resource_row) {
      suggestion.no_more.access = users_beyond(tables, *ends.resource_row, tables.ste(label), ends.resource);
    }
    found.push_back(std::move(suggestion));
    keep_smallest(found, kMostLabels);  // now: a policy may have thousands
  }
  for (Suggestion& suggestion : found) list.push_back(std::move(suggestion));
}

}  // namespace

Answer answer_resource(const nlohmann::json& reason, const Situation& situation) {
  const Tables& tables = situation.tables();
  ResourceEnds ends{.domain = member(reason, "subject", "name"),
                    .resource = member(reason, "object", "name"),
                    .domain_label = member(reason, "subject", "label"),
                    .resource_label = member(reason, "object", "label"),
                    .domain_row = {},
                    .resource_row = {}};
  const auto domain = tables.find_vm_label(ends.domain_label);
  if (!domain) return no_label(ends.domain_label);
  ends.domain_row = *domain;
  ends.resource_row = tables.find_resource_label(ends.resource_label);
  if (ends.resource_row && policy::share(tables, *domain, *ends.resource_row)) {
    return {{}, "the policy in force lets the two labels share already"};
  }
  Answer answer;
  try_policies(situation, ends, answer.suggestions);
  try_resource_labels(situation, ends, answer.suggestions);
  if (ends.resource_row) {
    for (Suggestion& suggestion : try_labels(
             situation, ends.domain, ends.domain_label,
             [&](VmLabelId label) { return policy::intersects(tables.ste(label), types_of(tables, ends)); },
             used(ends.domain, ends.resource_label))) {
      answer.suggestions.push_back(std::move(suggestion));
    }
  }
  return answer;
}

}  // namespace xenacm::labeltool::suggest
