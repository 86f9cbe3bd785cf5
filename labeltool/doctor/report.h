// SPDX-License-Identifier: Apache-2.0
// What was seen, and what is to be done.
#pragma once

#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

struct Report {
  std::string xen = {};        // "4.17.5"
  std::string xenstored = {};  // "C (pid 97)"
  std::string daemon = {};     // "acm-enforcerd 0.1.0, enforcing, mytest 1.0"; empty: it does not answer
  std::string hooks = {};      // "xl asks first"
  Findings findings = {};
  std::vector<std::string> unseen = {};  // what could not be looked at, and why
};

// The worst first, else in the order in which they were found.
void sort_by_severity(Findings& findings);
[[nodiscard]] std::string text_of(const Report& report);
[[nodiscard]] nlohmann::json json_of(const Report& report);
// 0: nothing to do, or notices alone; 1: findings of weight; 2: something could not be looked at.
[[nodiscard]] int status_of(const Report& report);

}  // namespace xenacm::labeltool::doctor
