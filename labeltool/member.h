// SPDX-License-Identifier: Apache-2.0
// Text members of the daemon's answers; a member that is not there is empty.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "enforcer/api/printable.h"

namespace xenacm::labeltool {

[[nodiscard]] inline std::string member_text(const nlohmann::json& object, const char* key) {
  return object.value(key, "");
}

// For a terminal.
[[nodiscard]] inline std::string printable_member(const nlohmann::json& object, const char* key) {
  return api::printable(member_text(object, key));
}

}  // namespace xenacm::labeltool
