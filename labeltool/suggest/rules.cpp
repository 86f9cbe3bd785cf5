// SPDX-License-Identifier: Apache-2.0
#include "labeltool/suggest/rules.h"

#include <algorithm>

#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

using nlohmann::json;

namespace {

constexpr std::size_t kMostSuggestions = 10;

Answer by_rule(const json& reason, const Situation& situation) {
  const std::string rule = reason.value("rule", "");
  if (rule == "ste") return answer_ste(reason, situation);
  if (rule == "resource") return answer_resource(reason, situation);
  if (rule == "authorization") return answer_authorization(reason, situation);
  if (rule == "chinese-wall") return answer_chinese_wall(reason, situation);
  if (rule == "label") return answer_label(reason, situation);
  return {{}, "no label and no policy would allow it; the way out is: " + reason.value("remedy", "")};
}

}  // namespace

Answer answer(const json& reason, const Situation& situation) {
  Answer answer = by_rule(reason, situation);
  keep_smallest(answer.suggestions, kMostSuggestions);
  if (answer.suggestions.empty() && answer.note.empty()) {
    answer.note = "no change of one label or type would allow it; the way out is: " + reason.value("remedy", "");
  }
  return answer;
}

std::string member(const json& reason, const char* party, const char* key) {
  const auto found = reason.find(party);
  return found != reason.end() && found->is_object() ? found->value(key, "") : "";
}

Answer no_label(const std::string& label) {
  return {{},
          label.empty() ? "the record does not say which labels were refused"
                        : "the policy in force has no label '" + label + "'"};
}

std::optional<std::string> new_type(const policy::Policy& policy, const std::string& wish) {
  std::string name = wish;
  for (unsigned i = 2;
       std::ranges::any_of(policy.ste_types, [&](const policy::Name& type) { return type.text == name; }); ++i) {
    name = wish + "-" + std::to_string(i);
  }
  return name.size() <= policy::kMaxNameBytes ? std::optional(name) : std::nullopt;
}

}  // namespace xenacm::labeltool::suggest
