// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "policy/lint_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

struct Set {
  const ConflictSet* written = nullptr;
  BitRow types;
  std::size_t size = 0;
};

// In the order of the tables' rows. Sets of fewer than two types, of which `check` warns, have the size 0.
std::vector<Set> sets_of(const Policy& policy, const Tables& tables) {
  std::vector<Set> sets;
  for (const ConflictSet& set : policy.conflict_sets) sets.push_back({.written = &set, .types = {}});
  std::ranges::sort(sets, {}, [](const Set& set) { return std::tie(set.written->name.text, set.written->name.at); });
  for (std::size_t row = 0; row < sets.size(); ++row) {
    sets[row].types = tables.conflicts.row(row);
    for_each_bit(sets[row].types, [&](std::size_t) { ++sets[row].size; });
    if (sets[row].size < 2) sets[row].size = 0;
  }
  return sets;
}

// Does `set` exclude nothing that `other` does not? Of two equal sets the second adds nothing.
bool adds_nothing(const Set& set, const Set& other) {
  if (&set == &other || !is_subset(set.types, other.types)) return false;
  return set.size < other.size || other.written->name.at < set.written->name.at;
}

void lint_containment(const std::vector<Set>& sets, std::size_t types, Findings& findings) {
  std::vector<std::vector<const Set*>> sets_with(types);
  for (const Set& set : sets) for_each_bit(set.types, [&](std::size_t type) { sets_with[type].push_back(&set); });
  for (const Set& set : sets) {
    if (set.size == 0) continue;
    // Whatever contains the set has its rarest type: few are to be compared.
    const std::vector<const Set*>* candidates = nullptr;
    for_each_bit(set.types, [&](std::size_t type) {
      if (candidates == nullptr || sets_with[type].size() < candidates->size()) candidates = &sets_with[type];
    });
    const auto larger = std::ranges::find_if(*candidates, [&](const Set* other) { return adds_nothing(set, *other); });
    if (larger == candidates->end()) continue;
    const Name& name = set.written->name;
    const Name& other = (*larger)->written->name;
    findings.warning(Code::bad_conflict_set, name.at,
                     "conflict set " + quoted(name.text) + " adds nothing: conflict set " + quoted(other.text) +
                         " (line " + std::to_string(other.at.line) +
                         ") has all its types; remove it, or correct its types");
  }
}

void lint_domain0(const std::vector<Set>& sets, const Tables& tables, Findings& findings) {
  const BitRow domain0 = tables.chw(tables.bootstrap);
  for (const Set& set : sets) {
    if (set.size == 0 || !intersects(set.types, domain0)) continue;
    std::string own;
    std::vector<std::string> others;
    for_each_bit(set.types, [&](std::size_t type) {
      if (contains(domain0, type)) {
        own = tables.chw_types[type];  // INVARIANT: one at most, else `check` had refused the label (decisions.md 4)
      } else {
        others.push_back(tables.chw_types[type]);
      }
    });
    const auto at = std::ranges::find(set.written->types, own, &Name::text);
    findings.warning(Code::bad_conflict_set, at->at,
                     "conflict set " + quoted(set.written->name.text) + " has the Chinese Wall type " + quoted(own) +
                         " of " + the_bootstrap_label(tables) +
                         ": Domain-0 always runs, so that no domain with another type of the set ever can: " +
                         listed(others) + "; take " + quoted(own) + " out of the set, or give that label another type");
  }
}

}  // namespace

void lint_conflicts(const Policy& policy, const Tables& tables, Findings& findings) {
  const std::vector<Set> sets = sets_of(policy, tables);
  lint_containment(sets, tables.chw_types.size(), findings);
  lint_domain0(sets, tables, findings);
}

}  // namespace xenacm::policy
