// SPDX-License-Identifier: Apache-2.0
// The rules behind `check`, one function a group, each a file of its own. Inside policy/ only.
#pragma once

#include <string>
#include <string_view>

#include "policy/declared.h"
#include "policy/findings.h"
#include "policy/model.h"
#include "policy/name_index.h"

namespace xenacm::policy {

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

}  // namespace xenacm::policy
