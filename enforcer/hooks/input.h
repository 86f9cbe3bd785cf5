// SPDX-License-Identifier: Apache-2.0
// What is read of others: all of it, but not more than a domain's description can be.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace xenacm::hooks {

inline constexpr std::size_t kMostInput = std::size_t{4} * 1024 * 1024;

[[nodiscard]] std::expected<std::string, std::string> read_standard_input();
// Of a plain file; /dev/null is empty. The error names the file.
[[nodiscard]] std::expected<std::string, std::string> read_plain_file(const std::string& path);

}  // namespace xenacm::hooks
