// SPDX-License-Identifier: Apache-2.0
// Whatever call fails on the way of a change to the ledger: it is refused as a whole or done as a whole, with its
// record (docs/faults.md).
#include <gtest/gtest.h>

#include <cerrno>
#include <iostream>

#include "tests/faults/ledger_trial.h"

namespace xenacm::faults {
namespace {

// A lock that fails for good is tried again by SQLite for ten seconds: EIO of locks comes once only.
constexpr unsigned kFiles = opening | reading | writing | syncing | truncating | naming | locking | mapping;

struct LedgerFault {
  const char* name;
  Fault fault;
  std::uint64_t most;  // faults of each change, unless all are wanted: those that end the process take long
};

class Faults : public testing::TestWithParam<LedgerFault> {
 protected:
  ledger::Scratch host;
  ledger::Scratch copy;
};

TEST_P(Faults, LeaveAWholeStateWithAllThatWasAnswered) {
  make_busy(host);
  for (const Change& change : changes()) {
    const Survey found = survey(operation(host, copy, change), GetParam().fault, GetParam().most);
    std::cout << "figures: " << found << ", " << change.name << '\n';
    EXPECT_EQ(found.wrong, "") << change.name;
    EXPECT_GT(found.points, 0u) << change.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Faults,
    testing::Values(LedgerFault{"Memory", {kMemory}, 24}, LedgerFault{"MemoryFromThenOn", {kMemory, 0, true}, 4},
                    LedgerFault{"EIO", {kFiles, EIO}, 16},
                    LedgerFault{"EIOFromThenOn", {kFiles & ~locking, EIO, true}, 8},
                    LedgerFault{"ENOSPC", {opening | writing | syncing | naming, ENOSPC}, 8},
                    LedgerFault{"ENOSPCFromThenOn", {opening | writing | syncing | naming, ENOSPC, true}, 8},
                    LedgerFault{"EROFSFromThenOn", {opening | writing | truncating | naming, EROFS, true}, 8},
                    LedgerFault{"EINTR", {opening | reading | writing | syncing | locking, EINTR}, 8},
                    LedgerFault{"Short", {reading | writing}, 8}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace xenacm::faults
