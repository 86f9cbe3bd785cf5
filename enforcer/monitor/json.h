// SPDX-License-Identifier: Apache-2.0
// The JSON form of a verdict: the same in the audit record and in the API (schemas/openapi.yaml, Verdict and Reason).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

[[nodiscard]] nlohmann::json to_json(const std::vector<Reason>& reasons);
[[nodiscard]] nlohmann::json to_json(const Verdict& verdict);
[[nodiscard]] nlohmann::json to_json(const policy::PolicyRef& ref);

// Bytes that are not UTF-8 (guests choose some of the names) are replaced, never an error.
[[nodiscard]] std::string dump(const nlohmann::json& value);

}  // namespace xenacm::monitor
