// SPDX-License-Identifier: Apache-2.0
// What would have met a reason, by its rule. `reason` is a Reason of schemas/openapi.yaml.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "labeltool/suggest/situation.h"
#include "labeltool/suggest/suggestion.h"

namespace xenacm::labeltool::suggest {

struct Answer {
  std::vector<Suggestion> suggestions;
  std::string note;  // why there is none, or what else is to be known; empty: nothing
};

[[nodiscard]] Answer answer_ste(const nlohmann::json& reason, const Situation& situation);       // ste.cpp
[[nodiscard]] Answer answer_resource(const nlohmann::json& reason, const Situation& situation);  // resource.cpp
[[nodiscard]] Answer answer_authorization(const nlohmann::json& reason,
                                          const Situation& situation);  // authorization.cpp
[[nodiscard]] Answer answer_chinese_wall(const nlohmann::json& reason, const Situation& situation);  // chinese_wall.cpp
[[nodiscard]] Answer answer_label(const nlohmann::json& reason, const Situation& situation);         // label.cpp

// The answer by the reason's rule, the smallest suggestion first.
[[nodiscard]] Answer answer(const nlohmann::json& reason, const Situation& situation);

// The name or label of the reason's subject or object; empty: it has none.
[[nodiscard]] std::string member(const nlohmann::json& reason, const char* party, const char* key);

// "the policy in force has no label 'X'"
[[nodiscard]] Answer no_label(const std::string& label);

// A name that no type of the policy has: "AutoCorp-A-Bank"; none: it would be too long.
[[nodiscard]] std::optional<std::string> new_type(const policy::Policy& policy, const std::string& wish);

// Of the types of a label at most this many are tried one by one.
inline constexpr std::size_t kMostTypes = 32;

}  // namespace xenacm::labeltool::suggest
