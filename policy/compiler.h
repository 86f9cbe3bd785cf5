// SPDX-License-Identifier: Apache-2.0
// Policy -> Tables, and the built-in DEFAULT policy.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "policy/diagnostic.h"
#include "policy/tables.h"

namespace xenacm::policy {

// Precondition: check(policy) found no error. `digest` names the document (SHA-256, lower-case hex).
[[nodiscard]] Tables compile(const Policy& policy, std::string digest);

struct Compiled {
  Policy policy;
  Tables tables;
  Diagnostics warnings;
};

// parse, check and compile in one: the tables, or everything that is wrong with the document (warnings included).
[[nodiscard]] std::expected<Compiled, Diagnostics> compile_document(std::string_view document);

// SHA-256 of a document as lower-case hex.
[[nodiscard]] std::string digest_of(std::string_view document);

inline constexpr std::string_view kDefaultPolicyName = "DEFAULT";

// The document of the DEFAULT policy: one label SystemManagement, no user domain can start (decisions.md 8).
[[nodiscard]] std::string_view default_document();

}  // namespace xenacm::policy
