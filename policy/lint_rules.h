// SPDX-License-Identifier: Apache-2.0
// The rules behind `lint`, one function a group, each a file of its own. Inside policy/ only.
#pragma once

#include <string>
#include <vector>

#include "policy/findings.h"
#include "policy/model.h"
#include "policy/tables.h"

namespace xenacm::policy {

// How many labels carry each type, by the type's column. Left out are labels that nothing but Domain-0 is meant to have
// (the bootstrap label, unless it is what domains without a label have), and what has no effect (__INACCESSIBLE__).
struct Carriers {
  explicit Carriers(const Tables& tables);

  std::vector<std::size_t> vm_ste;
  std::vector<std::size_t> vm_chw;
  std::vector<std::size_t> resource_ste;
};

// Types that no label carries. lint_types.cpp
void lint_types(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings);

// Labels under which nothing runs, that share with nothing, or that nobody may use. lint_labels.cpp
void lint_labels(const Policy& policy, const Tables& tables, const Carriers& carriers, Findings& findings);

// Conflict sets that add nothing, or that Domain-0 keeps others out by. lint_conflicts.cpp
void lint_conflicts(const Policy& policy, const Tables& tables, Findings& findings);

// Names that differ in case alone. lint_names.cpp
void lint_names(const Policy& policy, Findings& findings);

// "the bootstrap label 'SystemManagement' (line 71)".
[[nodiscard]] std::string the_bootstrap_label(const Tables& tables);

// "'a', 'b'", and how many more where there are many.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace xenacm::policy
