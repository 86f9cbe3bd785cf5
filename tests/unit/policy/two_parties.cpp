// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy/two_parties.h"

#include <gtest/gtest.h>

namespace xenacm::policy::test {

std::string types(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += "\n<Type>" + name + "</Type>";
  return text;
}

std::string conflict(const std::string& name, const std::vector<std::string>& names) {
  return "\n<Conflict name='" + name + "'>" + types(names) + "</Conflict>";
}

std::string resource_label(const std::string& name, const std::string& type) {
  return "\n<ResourceLabel><Name>" + name + "</Name><SimpleTypeEnforcementTypes><Type>" + type +
         "</Type></SimpleTypeEnforcementTypes></ResourceLabel>";
}

Sample two_parties() {
  return {.conflict_sets = conflict("c", {"red", "blue"}),
          .vm_labels = kDom0 + kRed + kBlue,
          .resource_labels = resource_label("r", "red") + resource_label("b", "blue")};
}

Lines lint_of(const Change& change) {
  Sample sample = two_parties();
  change(sample);
  const auto compiled = compile_document(sample.document());
  if (!compiled) return lines_of(compiled.error());
  return lines_of(lint(compiled->policy, compiled->tables));
}

void expect_warnings(const std::vector<LintCase>& cases) {
  for (const auto& [what, change, warnings] : cases) EXPECT_EQ(lint_of(change), warnings) << what;
}

}  // namespace xenacm::policy::test
