// SPDX-License-Identifier: Apache-2.0
// The compiled policy as dumppolicy shows it (acm.md 5, dumppolicy, and 8): matrices of the two components, with a
// column for each type in byte order and a row for each label, then a legend of columns and rows.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace xenacm::labeltool {

// `tables` is the answer to GET /v1/policy/tables (schemas/openapi.yaml).
[[nodiscard]] std::string tables_text(const nlohmann::json& tables);

}  // namespace xenacm::labeltool
