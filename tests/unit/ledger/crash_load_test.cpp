// SPDX-License-Identifier: Apache-2.0
// A daemon that is killed under load leaves one whole state, with everything that was answered (decisions.md 15,
// G4)
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

constexpr int kRounds = 10;

// Labels domains d0, d1, … and tells each number down the pipe once its label was answered, until it is killed.
[[noreturn]] void label_for_ever(const Scratch& scratch, int answered, int first) {
  auto committer = scratch.committer();
  for (int i = first;; ++i) {
    committer->submit(label("d" + std::to_string(i), "A-Bank"), tester(), [answered, i](const monitor::Reply& reply) {
      if (reply) (void)!::write(answered, &i, sizeof i);
    });
    if (i % 7 == 0) (void)state_of(*committer);  // now and then the queue runs empty
  }
}

// Kills the child once it has told of `enough` more labels; gives all it told of.
std::set<int> run_and_kill(const Scratch& scratch, int first, int enough) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    label_for_ever(scratch, pipe[1], first);
  }
  ::close(pipe[1]);
  std::set<int> answered;
  int number = 0;
  while (::read(pipe[0], &number, sizeof number) == sizeof number) {
    answered.insert(number);
    if (static_cast<int>(answered.size()) == enough) ::kill(child, SIGKILL);
  }
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return answered;
}

TEST(CrashUnderLoad, WhatWasAnsweredIsThereWithItsRecordAndNothingIsHalfDone) {
  const Scratch scratch;
  {
    auto committer = scratch.committer();
    ASSERT_TRUE(ask(*committer, mytest()));
  }
  std::set<int> answered;
  for (int round = 0; round < kRounds; ++round) {
    answered.merge(run_and_kill(scratch, round * 100'000, 20 + 13 * round));
    const monitor::State state = *scratch.open().load();
    std::set<std::string> recorded;
    for (const audit::Record& record : scratch.records({.after = 1, .limit = kMaxAuditPage}))
      recorded.insert(record.what.subject);
    for (const int number : answered) {
      const std::string name = "d" + std::to_string(number);
      EXPECT_TRUE(state.bindings().contains(monitor::DomainName(name))) << name << " was answered, but is not bound";
    }
    EXPECT_EQ(state.bindings().size(), recorded.size()) << "each change with its record, each record with its change";
    for (const auto& [name, binding] : state.bindings()) EXPECT_TRUE(recorded.contains(name.get())) << name.get();
  }
  EXPECT_GE(answered.size(), 20u * kRounds);
}

}  // namespace
}  // namespace xenacm::ledger
