// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "enforcer/audit/chain.h"

namespace xenacm::ledger {

// The end of the chain of audit records.
struct Tip {
  std::int64_t seq = 0;  // 0: there is no record
  audit::Hash hash = audit::kNoHash;
};

}  // namespace xenacm::ledger
