// SPDX-License-Identifier: Apache-2.0
#include "policy/lint_rules.h"
#include "policy/name_index.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

void lint_ste_types(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings) {
  const NameIndex types(policy.ste_types);
  for (std::size_t type = 0; type < types.size(); ++type) {
    // A resource label whose type only Domain-0 has is told of as such.
    if (carriers.vm_ste[type] != 0 || carriers.resource_ste[type] != 0) continue;
    const bool domain0 = contains(tables.ste(tables.bootstrap), type);
    findings.warning(Code::inconsistent, types[type].at,
                     "STE type " + quoted(types[type].text) + " is in no label" +
                         (domain0 ? " but " + the_bootstrap_label(tables) + ": only Domain-0 has it, so that" : ":") +
                         " nothing is shared through it; give it to the labels that shall share, or remove it");
  }
}

void lint_chw_types(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings) {
  const NameIndex types(policy.chw_types);
  for (std::size_t type = 0; type < types.size(); ++type) {
    if (carriers.vm_chw[type] != 0 || contains(tables.chw(tables.bootstrap), type)) continue;
    findings.warning(
        Code::inconsistent, types[type].at,
        "Chinese Wall type " + quoted(types[type].text) +
            " is in no VM label: no domain ever runs with it, so that it keeps nothing out; give it to the "
            "labels that it is meant for, or remove it");
  }
}

}  // namespace

void lint_types(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings) {
  lint_ste_types(policy, tables, carriers, findings);
  lint_chw_types(policy, tables, carriers, findings);
}

}  // namespace xenacm::policy
