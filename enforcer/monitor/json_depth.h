// SPDX-License-Identifier: Apache-2.0
// How deep foreign JSON may be nested: nlohmann::json copies, compares and writes a value recursively, and brackets
// alone, a byte each, would use up the stack.
#pragma once

#include <string_view>

namespace xenacm::monitor {

// What is ours is less than a quarter as deep.
inline constexpr unsigned kMaxJsonDepth = 64;

// Of a text that may not be JSON at all.
[[nodiscard]] bool is_shallow(std::string_view json);

}  // namespace xenacm::monitor
