// SPDX-License-Identifier: Apache-2.0
// Graphviz, run as a program.
#pragma once

#include <expected>
#include <string>

namespace xenacm::labeltool::review {

// What `dot -Tsvg` makes of it. The error says that there is no such program and which package has it, or how it ended.
[[nodiscard]] std::expected<std::string, std::string> svg_of(const std::string& dot);

}  // namespace xenacm::labeltool::review
