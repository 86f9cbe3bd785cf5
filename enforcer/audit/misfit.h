// SPDX-License-Identifier: Apache-2.0
// What was done to a log, told from the first record that does not fit and some that follow it.
// Internal to enforcer/audit.
#pragma once

#include <vector>

#include "enforcer/audit/verify.h"

namespace xenacm::audit {

// Up to which record everything fitted.
struct Fitting {
  std::int64_t seq = 0;
  Hash hash{};
  Hash before{};  // of the record before that
};

// `window`: the record that does not fit, and those after it. Not empty.
[[nodiscard]] Finding explain(const Fitting& fitting, const std::vector<Line>& window);

}  // namespace xenacm::audit
