// SPDX-License-Identifier: Apache-2.0
// Whatever call fails on the way of a change to the ledger: it is refused as a whole or done as a whole, with its
// record (docs/faults.md).
#include <gtest/gtest.h>

#include <cerrno>
#include <iostream>
#include <tuple>

#include "tests/faults/ledger_trial.h"

namespace xenacm::faults {
namespace {

constexpr unsigned kFiles = opening | reading | writing | syncing | truncating | naming | locking | mapping;

struct Kind {
  const char* name;
  Fault fault;
};

const Kind kKinds[] = {
    {"Memory", {kMemory}},
    {"MemoryFromThenOn", {kMemory, 0, true}},
    {"EIO", {kFiles, EIO}},
    {"EIOFromThenOn", {kFiles, EIO, true}},
    {"ENOSPC", {opening | writing | syncing | naming, ENOSPC}},
    {"ENOSPCFromThenOn", {opening | writing | syncing | naming, ENOSPC, true}},
    {"EROFSFromThenOn", {opening | writing | truncating | naming, EROFS, true}},
    {"EINTR", {opening | reading | writing | syncing | locking, EINTR}},
    {"Short", {reading | writing}},
};

class Faults : public testing::TestWithParam<std::tuple<Kind, Change>> {
 protected:
  ledger::Scratch host;
  ledger::Scratch copy;
};

TEST_P(Faults, LeaveAWholeStateWithAllThatWasAnswered) {
  const auto& [kind, change] = GetParam();
  make_busy(host);
  const Survey found = survey(operation(host, copy, change), kind.fault, 40);
  std::cout << "figures: " << found << '\n';
  EXPECT_EQ(found.wrong, "");
  EXPECT_GT(found.points, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Faults, testing::Combine(testing::ValuesIn(kKinds), testing::ValuesIn(changes())),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) + std::get<1>(test.param).name;
                         });

}  // namespace
}  // namespace xenacm::faults
