// SPDX-License-Identifier: Apache-2.0
// The rules by the names that records, filters and completions have for them.
#pragma once

#include <array>
#include <string_view>

namespace xenacm::monitor {

inline constexpr std::size_t kRuleCount = 7;

[[nodiscard]] const std::array<std::string_view, kRuleCount>& rule_names();

}  // namespace xenacm::monitor
