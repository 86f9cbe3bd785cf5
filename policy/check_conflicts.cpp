// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

void check_sets(const Policy& policy, Findings& findings) {
  for (const ConflictSet& set : policy.conflict_sets) {
    const bool several =
        std::ranges::any_of(set.types, [&](const Name& type) { return type.text != set.types.front().text; });
    if (several || set.name.text.empty()) continue;  // without a name it is an error already
    findings.warning(Code::bad_conflict_set, set.name.at,
                     "conflict set " + quoted(set.name.text) +
                         (set.types.empty() ? " has no type" : " has a single type") +
                         ", so that nothing is ever in conflict through it");
  }
  const NameIndex names(policy.conflict_sets, &ConflictSet::name);
  for (const auto& [again, first] : names.repeated()) {
    if (again->text.empty()) continue;
    findings.warning(Code::bad_conflict_set, again->at,
                     "conflict set " + quoted(again->text) + " has the same name as another (" + line_of(*first) +
                         "); both are enforced");
  }
}

// Which sets a type is in: by the type's rank, the numbers of the sets, each once and in ascending order.
std::vector<std::vector<std::size_t>> sets_by_type(const Policy& policy, const Declared& declared) {
  std::vector<std::vector<std::size_t>> sets(declared.chw.size());
  for (std::size_t i = 0; i < policy.conflict_sets.size(); ++i) {
    for (const std::uint32_t rank : declared.conflicts.of(i)) {
      if (rank == TypesUsed::kUndeclared) continue;
      if (sets[rank].empty() || sets[rank].back() != i) sets[rank].push_back(i);
    }
  }
  return sets;
}

bool has_several(const VmLabel& label) { return label.chw_types.size() > 1; }

// A set remembers the last label that has a type of it, so that each label asks only the sets of its own types: at
// worst, where all labels have a type that is in all sets, labels x sets of kMaxDeclared each.
class ConflictingLabels {
 public:
  ConflictingLabels(const Policy& policy, const Declared& declared, Findings& findings)
      : policy_(policy),
        types_(declared.chw),
        sets_(sets_by_type(policy, declared)),
        seen_(policy.conflict_sets.size()),
        findings_(findings) {}

  void check() {
    for (const VmLabel& label : policy_.vm_labels) check(label);
  }

 private:
  // What the label at hand has of a set. `label` tells whether it is this label's entry or one that is left over.
  struct Seen {
    const VmLabel* label = nullptr;
    const Name* type = nullptr;
    bool reported = false;
  };

  void check(const VmLabel& label) {
    if (!has_several(label)) return;
    for (const Name* type : NameIndex(label.chw_types)) {
      const auto rank = types_.find(type->text);
      if (!rank) continue;
      for (const std::size_t set : sets_[*rank]) enter(label, *type, set);
    }
  }

  void enter(const VmLabel& label, const Name& type, std::size_t set) {
    Seen& seen = seen_[set];
    if (seen.label != &label) {
      seen = {.label = &label, .type = &type};
    } else if (!std::exchange(seen.reported, true)) {
      const auto [first, second] =
          std::minmax(*seen.type, type, [](const Name& a, const Name& b) { return a.at < b.at; });
      const Name& name = policy_.conflict_sets[set].name;
      findings_.error(Code::bad_conflict_set, second.at,
                      "VM label " + quoted(label.name.text) + " has two types of the conflict set " +
                          quoted(name.text) + " (" + line_of(name) + "): " + quoted(first.text) + " and " +
                          quoted(second.text));
    }
  }

  const Policy& policy_;
  const NameIndex& types_;
  std::vector<std::vector<std::size_t>> sets_;
  std::vector<Seen> seen_;
  Findings& findings_;
};

}  // namespace

void check_conflicts(const Policy& policy, const Declared& declared, Findings& findings) {
  check_sets(policy, findings);
  if (std::ranges::any_of(policy.vm_labels, has_several)) ConflictingLabels(policy, declared, findings).check();
}

}  // namespace xenacm::policy
