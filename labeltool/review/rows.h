// SPDX-License-Identifier: Apache-2.0
// Records as lines of the formats that `labeltool audit --format` knows.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace xenacm::labeltool::review {

struct Format {
  std::string (*head)();  // the first line; null: there is none
  std::string (*row)(const nlohmann::json& record);
};

// table, jsonl, csv; none: there is no such format.
[[nodiscard]] std::optional<Format> format_of(const std::string& name);

}  // namespace xenacm::labeltool::review
