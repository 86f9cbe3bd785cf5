// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "enforcer/audit/chain.h"

namespace xenacm::ledger {

// A part of the audit log: from one snapshot of the state to the record before the next. The first part has none.
struct Segment {
  std::int64_t first = 0;  // numbers of its first and last record
  std::int64_t last = 0;
  audit::Hash hash{};  // of the last one
};

}  // namespace xenacm::ledger
