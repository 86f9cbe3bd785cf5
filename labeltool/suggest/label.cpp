// SPDX-License-Identifier: Apache-2.0
// A domain carries no label, or one that the policy does not know.
#include "labeltool/suggest/rules.h"
#include "labeltool/suggest/trial.h"

namespace xenacm::labeltool::suggest {

Answer answer_label(const nlohmann::json& reason, const Situation& situation) {
  const std::string name = member(reason, "subject", "name");
  const std::string label = member(reason, "subject", "label");
  Answer answer{try_labels(situation, name, label, [](VmLabelId) { return true; }, {}), {}};
  if (answer.suggestions.empty()) {
    answer.note =
        "no label of the policy may start beside what runs now; the way out is: " + reason.value("remedy", "");
  }
  return answer;
}

}  // namespace xenacm::labeltool::suggest
