// SPDX-License-Identifier: Apache-2.0
// Questions to the daemon that change nothing, and how their answers are shown.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "labeltool/command.h"
#include "labeltool/policy_file.h"

namespace xenacm::labeltool {

// Prints what would be decided of `what`. Fails, without a message, where it would be denied.
[[nodiscard]] Result tell(const Context& context, const nlohmann::json& answer, const std::string& what);

// The verdict on a policy (schemas/openapi.yaml, WhatIf). Warnings about the document go to standard error.
[[nodiscard]] std::expected<nlohmann::json, Failure> ask_policy(const Context& context, const PolicyFile& file);

}  // namespace xenacm::labeltool
