// SPDX-License-Identifier: Apache-2.0
// Small files that are there as a whole, or not at all, also after a power cut. Their owner alone may read them.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace xenacm::audit {

// Makes a file that is not there yet; one that is there is left alone, and an error. Errors name the file.
[[nodiscard]] std::expected<void, std::string> create_file(const std::filesystem::path& file, const std::string& text);

// Makes it, or replaces what is there.
[[nodiscard]] std::expected<void, std::string> replace_file(const std::filesystem::path& file, const std::string& text);

// At most 64 KiB of what is there; none: it cannot be read.
[[nodiscard]] std::optional<std::string> contents_of(const std::filesystem::path& file);

}  // namespace xenacm::audit
