// SPDX-License-Identifier: Apache-2.0
// An audit record for people: one line in a table, or the whole explanation.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace xenacm::labeltool {

[[nodiscard]] std::string table_head();
[[nodiscard]] std::string table_row(const nlohmann::json& record);

// When, and who: "2026-11-22 14:02:11, labeltool, pid 2231, uid 0".
[[nodiscard]] std::string origin(const nlohmann::json& record);

// "DENIED   vif link client2 -> nicdom    record 184    14:02:11   xl, pid 2231, uid 0" and the line's end.
[[nodiscard]] std::string headline(const nlohmann::json& record);

// decisions.md, "Refusals say why": a line of what was decided, then rule, labels and remedy of every reason.
[[nodiscard]] std::string explanation(const nlohmann::json& record);

}  // namespace xenacm::labeltool
