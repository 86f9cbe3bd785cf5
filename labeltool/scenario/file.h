// SPDX-License-Identifier: Apache-2.0
// Scenario files: TOML, read strictly (docs/scenarios.md).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "labeltool/scenario/step.h"

namespace xenacm::labeltool::scenario {

// Everything that is wrong with a file: "FILE:LINE:COLUMN: MESSAGE" each. Of a file that is not TOML the first fault
// alone is known.
using Wrong = std::vector<std::string>;

// The scenario and the policies that it names.
[[nodiscard]] std::expected<Scenario, Wrong> read_scenario(const std::filesystem::path& file);

// The same of a text. Names of policies are relative to the folder of `file`.
[[nodiscard]] std::expected<Scenario, Wrong> parse_scenario(std::string_view text, const std::filesystem::path& file);

}  // namespace xenacm::labeltool::scenario
