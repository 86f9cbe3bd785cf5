// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON, and back without loss: names are chosen by guests, and JSON knows only Unicode.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace xenacm::monitor {

// A string, or {"hex":"00ff"} where the bytes are not UTF-8.
[[nodiscard]] nlohmann::json text_json(std::string_view bytes);

// None where `value` is neither.
[[nodiscard]] std::optional<std::string> bytes_of(const nlohmann::json& value);

}  // namespace xenacm::monitor
