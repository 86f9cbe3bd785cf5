// SPDX-License-Identifier: Apache-2.0
// The head of a file that `xl save` wrote: which domain it is.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

namespace xenacm::hooks {

// The description of the saved domain as POST /v1/tickets takes it: "domain", or "config" in a file of xl before 4.5.
[[nodiscard]] std::expected<nlohmann::json, std::string> read_save_file(const std::string& path);

// The same of what libxl calls a domain configuration, in JSON.
[[nodiscard]] std::expected<nlohmann::json, std::string> describe_libxl_json(std::string_view text);

}  // namespace xenacm::hooks
