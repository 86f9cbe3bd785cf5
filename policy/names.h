// SPDX-License-Identifier: Apache-2.0
// The forms that the texts of a policy must have. Inside policy/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/diagnostic.h"
#include "policy/model.h"

namespace xenacm::policy {

// Names (policy_name to conflict_set) are trimmed before they are looked at; the others are taken as they stand
// (decisions.md 6). schemas/security_policy.xsd has a simple type for each.
enum class Form {
  free_text,
  policy_name,   // dot-separated components; maps to a path: a.b.c -> a/b/c (acm.md 1.2 V3, 2)
  label,         // no ':' (V4)
  type,          // may be empty: "no type" (acm.md 1.1)
  conflict_set,  // not empty (V9)
  version,       // digits, a dot, digits
  priority,      // the word PrimaryPolicyComponent; it changes nothing
};

struct FormFault {
  Code code;
  std::string message;
};

// What keeps `text` from having the form.
[[nodiscard]] std::optional<FormFault> find_fault(Form form, std::string_view text);

[[nodiscard]] std::optional<Version> to_version(std::string_view text);

}  // namespace xenacm::policy
