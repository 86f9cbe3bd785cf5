// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "policy/check_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

// All renames are made at once, so chains and swaps work. But a label has one heir, and none if it stays what it is.
template <class Label>
void check_renames_of(const std::vector<Label>& labels, const std::string& kind, Findings& findings) {
  if (std::ranges::none_of(labels, [](const Label& label) { return label.from.has_value(); })) return;
  std::vector<Name> renamed;
  std::vector<Name> staying;
  for (const Label& label : labels) {
    if (!label.from) {
      staying.push_back(label.name);
    } else if (!label.from->text.empty()) {
      renamed.push_back(*label.from);
    }
  }
  const NameIndex stays(staying);
  for (const Name& from : renamed) {
    if (const auto rank = stays.find(from.text)) {
      findings.error(Code::bad_label, from.at,
                     kind + " " + quoted(from.text) + " cannot be renamed, because " + line_of(stays[*rank]) +
                         " declares it and it stays; remove it there, or give it a from= of its own");
    }
  }
  const NameIndex sources(renamed);
  for (const auto& [again, first] : sources.repeated()) {
    findings.error(Code::bad_label, again->at,
                   kind + " " + quoted(again->text) + " is renamed again; " + line_of(*first) + " renames it first");
  }
}

}  // namespace

void check_renames(const Policy& policy, Findings& findings) {
  check_renames_of(policy.vm_labels, "VM label", findings);
  check_renames_of(policy.resource_labels, "resource label", findings);
}

}  // namespace xenacm::policy
