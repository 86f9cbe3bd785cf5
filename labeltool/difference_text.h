// SPDX-License-Identifier: Apache-2.0
// What a change of policy means, as diffpolicy and setpolicy --dry-run show it.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "labeltool/command.h"
#include "labeltool/policy_file.h"
#include "policy/diff.h"

namespace xenacm::labeltool {

// The difference between two policies that compile, and their names.
struct PolicyChange {
  policy::PolicyRef older;
  policy::PolicyRef newer;
  policy::Difference difference;
};

// Fails with what is wrong with either document.
[[nodiscard]] std::expected<PolicyChange, Failure> compare(const PolicyFile& older, const PolicyFile& newer);

[[nodiscard]] std::string difference_text(const PolicyChange& change);
[[nodiscard]] nlohmann::json difference_json(const PolicyChange& change);

}  // namespace xenacm::labeltool
