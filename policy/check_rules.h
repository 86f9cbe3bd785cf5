// SPDX-License-Identifier: Apache-2.0
// The rules behind `check`, one function a group, each a file of its own. Inside policy/ only.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "policy/findings.h"
#include "policy/model.h"
#include "policy/name_index.h"

namespace xenacm::policy {

// What the policy declares, in byte order.
struct Declared {
  explicit Declared(const Policy& policy)
      : ste(policy.ste_types), chw(policy.chw_types), vm_labels(policy.vm_labels, &VmLabel::name) {}

  NameIndex ste;
  NameIndex chw;
  NameIndex vm_labels;
};

// V5, V6, reserved names (acm.md 1.3). check_declarations.cpp
void check_declarations(const Policy& policy, const Declared& declared, Findings& findings);

// V7, V8, and the types of a conflict set (decisions.md 5). check_types.cpp
void check_types(const Policy& policy, const Declared& declared, Findings& findings);

// Conflict sets among themselves, and labels with two types of one set (decisions.md 4, 5). check_conflicts.cpp
void check_conflicts(const Policy& policy, const Declared& declared, Findings& findings);

// from= (decisions.md 14). check_renames.cpp
void check_renames(const Policy& policy, Findings& findings);

[[nodiscard]] inline std::string line_of(const Name& name) { return "line " + std::to_string(name.at.line); }

// " (line 12 declares 'A-Bank')" where a declared name is close to the misspelt one, else nothing.
[[nodiscard]] std::string hint(const NameIndex& declared, std::string_view misspelt, const Findings& findings);

// Whether two names may be the same: their hashes are. Hashes are sorted faster than names.
template <class Range, class Projection>
[[nodiscard]] bool may_repeat(const Range& all, Projection projection) {
  std::vector<std::size_t> hashes;
  hashes.reserve(all.size());
  for (const auto& each : all) hashes.push_back(std::hash<std::string>{}(std::invoke(projection, each).text));
  std::ranges::sort(hashes);
  return std::ranges::adjacent_find(hashes) != hashes.end();
}

// Calls `visit(again, first)` for every name that stands earlier in the document too.
template <class Range, class Projection, class Visit>
void for_each_repeated(const Range& all, Projection projection, Visit visit) {
  if (!may_repeat(all, projection)) return;
  std::vector<const Name*> names;
  names.reserve(all.size());
  for (const auto& each : all) names.push_back(&std::invoke(projection, each));
  std::ranges::sort(names, {}, [](const Name* name) { return std::tie(name->text, name->at); });
  const Name* first = nullptr;
  for (const Name* name : names) {
    if (first != nullptr && first->text == name->text) {
      visit(*name, *first);
    } else {
      first = name;
    }
  }
}

}  // namespace xenacm::policy
