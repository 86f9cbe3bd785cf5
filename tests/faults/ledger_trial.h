// SPDX-License-Identifier: Apache-2.0
// A request to a committer whose ledger is signed, on a busy host, and its way back.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "tests/faults/survey.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::faults {

struct Change {
  const char* name;
  std::function<monitor::Request()> request;  // made where faults strike
  std::vector<monitor::Request> way_back;
  bool from_disk = false;  // the ledger is opened for it, and closed
};
[[nodiscard]] std::vector<Change> changes();

// The daemon's part between the ledger and those who ask; each record is signed.
[[nodiscard]] std::unique_ptr<ledger::Committer> committer(const ledger::Scratch& scratch);

void copy_of(const ledger::Scratch& from, const ledger::Scratch& to);

// A ledger with labels, resources, running domains and links, in enforcing mode.
void make_busy(const ledger::Scratch& scratch);

// The change in a copy of `host`, which is made in `copy`.
[[nodiscard]] Operation operation(const ledger::Scratch& host, const ledger::Scratch& copy, const Change& change);

}  // namespace xenacm::faults
