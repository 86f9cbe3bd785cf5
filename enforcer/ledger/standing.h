// SPDX-License-Identifier: Apache-2.0
// How far the audit log has come and how far it is signed, for those who watch it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "enforcer/ledger/ledger.h"
#include "enforcer/ledger/notary.h"

namespace xenacm::ledger {

// Any thread may read it.
struct Standing {
  std::atomic<std::int64_t> last_record = 0;                        // 0: there is none
  std::atomic<std::int64_t> checkpoint_record = 0;                  // the last one that is signed; 0: none is
  std::atomic<std::chrono::microseconds::rep> checkpoint_time = 0;  // of the signature, since 1970-01-01 UTC

  // As the daemon before this one left it.
  void begin(const Ledger& ledger);
  // After a commit.
  void follow(const Ledger& ledger, const std::optional<Notary>& notary);
};

}  // namespace xenacm::ledger
