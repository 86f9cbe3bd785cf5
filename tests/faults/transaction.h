// SPDX-License-Identifier: Apache-2.0
// A transaction of a toolstack's, and what it hears of it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/faults/answers.h"

namespace xenacm::faults {

using Writes = std::vector<std::pair<std::string, std::string>>;  // path and value

[[nodiscard]] Heard commit(const std::filesystem::path& socket, const Writes& writes);

[[nodiscard]] Writes creation(unsigned domid, unsigned life, const std::string& name);
// To Domain-0, on xenbr0; the backend says the domain's name.
[[nodiscard]] Writes vif_of(unsigned domid, const std::string& name);

}  // namespace xenacm::faults
