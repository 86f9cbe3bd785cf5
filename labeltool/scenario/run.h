// SPDX-License-Identifier: Apache-2.0
// Plays scenarios, and holds what came of their steps against what they expect.
#pragma once

#include <string>
#include <vector>

#include "labeltool/scenario/coverage.h"
#include "labeltool/scenario/step.h"

namespace xenacm::labeltool::scenario {

struct StepResult {
  unsigned line = 0;
  std::string word;      // "start"
  std::string subject;   // "domain1 (A-Bank)"
  bool expected = true;  // allowed
  bool allowed = true;
  std::string rule;                     // of the reason against it that is told; empty: none
  std::string message;                  // of that reason, or why the step could not be carried out
  std::vector<std::string> mismatches;  // empty: as expected. "expected deny (rule resource), was allow"

  [[nodiscard]] bool passed() const { return mismatches.empty(); }
};

// Of the reasons against a step the first that meets the expectation is told, or else the first.
// A step that is not as expected does not end the scenario.
[[nodiscard]] std::vector<StepResult> run(const Scenario& scenario, Coverage& coverage);

}  // namespace xenacm::labeltool::scenario
