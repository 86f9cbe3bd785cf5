// SPDX-License-Identifier: Apache-2.0
// What a check found, by name.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor::test {

using Names = std::vector<std::string>;

inline Names names(const Findings& findings) {
  Names names;
  for (const Finding& finding : findings) names.emplace_back(meaning(finding.kind).name);
  return names;
}

// The commands for Domain-0, and "DOMAIN# COMMAND" for others.
inline Names commands(const Findings& findings) {
  Names commands;
  for (const Finding& finding : findings) {
    for (const Step& step : finding.remedy) {
      commands.push_back(step.in.empty() ? step.command : step.in + "# " + step.command);
    }
  }
  return commands;
}

}  // namespace xenacm::labeltool::doctor::test
