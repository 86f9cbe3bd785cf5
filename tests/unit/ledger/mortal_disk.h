// SPDX-License-Identifier: Apache-2.0
// A file system for SQLite on which the process dies at a chosen step: every creation, write, truncation, sync and
// deletion is one.
#pragma once

namespace xenacm::ledger {

enum class Death {
  process,         // what was written stays
  power,           // what was not synced is lost
  power_reorders,  // of what was not synced every second piece is lost, the first before the second
};

struct Fate {
  Death death = Death::process;
  unsigned step = 0;    // 1, 2, …
  bool within = false;  // a write is done by half, anything else is done; or else nothing of the step is
};

inline constexpr int kDied = 86;  // exit status

// SQLite's files are on it from here on. For a process of its own: it does not end with the test.
void meet(const Fate& fate);

}  // namespace xenacm::ledger
