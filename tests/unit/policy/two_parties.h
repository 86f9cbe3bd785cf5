// SPDX-License-Identifier: Apache-2.0
// A sound policy of two parties, to be changed by a test, and what the lint says of the result.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policy/lint.h"
#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {

using Lines = std::vector<std::string>;

// Elements, each on a line of its own.
[[nodiscard]] std::string types(const std::vector<std::string>& names);
[[nodiscard]] std::string conflict(const std::string& name, const std::vector<std::string>& types);
[[nodiscard]] std::string resource_label(const std::string& name, const std::string& type);

inline const std::string kDom0 = vm_label("dom0", {"red", "blue"}, {});
inline const std::string kRed = vm_label("r", {"red"}, {"red"});
inline const std::string kBlue = vm_label("b", {"blue"}, {"blue"});

// A third type, and where it goes.
inline const std::string kGreenToo = types({"red", "blue", "green"});
inline const std::string kGreen = vm_label("g", {"red"}, {"green"});
inline const std::string kDom0WithGreen = vm_label("dom0", {"red", "blue", "green"}, {});
inline const std::string kDom0InGreen = vm_label("dom0", {"red", "blue"}, {"green"});

// Red and blue, who exclude each other: Domain-0 kDom0, labels kRed and kBlue, a resource label for each.
[[nodiscard]] Sample two_parties();

using Change = std::function<void(Sample&)>;

// Of two_parties() after the change.
[[nodiscard]] Lines lint_of(const Change& change);

struct LintCase {
  std::string what;
  Change change;
  Lines warnings;
};

void expect_warnings(const std::vector<LintCase>& cases);

}  // namespace xenacm::policy::test
