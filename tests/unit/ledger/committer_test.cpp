// SPDX-License-Identifier: Apache-2.0
// Verdict, change and audit record are one (architecture G4, G5, "The ledger")
#include "enforcer/ledger/committer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <future>
#include <new>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

void enforce_mytest(Committer& committer) {
  ASSERT_TRUE(ask(committer, mytest()));
  ASSERT_TRUE(ask(committer, SetMode{Mode::enforcing, {}}));
}

TEST(Committer, RecordsEveryVerdictWithWhoAskedAndWhy) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  ask(*committer, label("a", "A-Bank"));
  ask(*committer, label("b", "B-Bank"));
  EXPECT_TRUE(ask(*committer, start(1, "a"))->allowed());
  EXPECT_FALSE(ask(*committer, start(2, "b"))->allowed());

  const auto refused = scratch.records({.refused = true});
  ASSERT_EQ(refused.size(), 1u);
  const audit::Record& record = refused[0];
  EXPECT_EQ(record.what.action, "start");
  EXPECT_EQ(record.what.subject, "b");
  EXPECT_EQ(record.decision, "deny");
  EXPECT_EQ(record.rule, "chinese-wall");
  EXPECT_EQ(record.mode, "enforcing");
  EXPECT_EQ(record.policy, "mytest");
  EXPECT_EQ(record.version, "1.0");
  EXPECT_EQ(record.digest.size(), 64u);
  EXPECT_EQ(record.who.pid, 4711);
  EXPECT_EQ(record.who.executable, "/usr/bin/tester");
  const auto reasons = nlohmann::json::parse(record.reasons);
  EXPECT_EQ(reasons[0]["conflict_set"]["holders"][0]["domains"][0], "a (A-Bank)");
  EXPECT_EQ(record.seq, scratch.records().back().seq);
}

TEST(Committer, AnswersOnlyWhatIsDurable) {
  const Scratch scratch;
  auto committer = scratch.committer();
  std::promise<std::size_t> seen;
  committer->submit(mytest(), tester(), [&](const Reply&) { seen.set_value(scratch.records().size()); });
  EXPECT_EQ(seen.get_future().get(), 1u) << "another connection reads the record while the answer is being given";
}

TEST(Committer, RecordsARequestThatCouldNotBeDecided) {
  const Scratch scratch;
  auto committer = scratch.committer();
  EXPECT_FALSE(ask(*committer, label("a", "No-Such-Label")));
  const auto records = scratch.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].decision, "error");
  EXPECT_NE(records[0].message.find("No-Such-Label"), std::string::npos);
}

TEST(Committer, DoesNotRecordWhatTheGuardKnowsAlready) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  const std::size_t before = scratch.records().size();
  ask(*committer, StopDomain{.domid = DomId(9), .uuid = start(9, "").uuid});
  ask(*committer, AdoptDomain{DomId(3), start(3, "").uuid, DomainName("x")});
  ask(*committer, AdoptDomain{DomId(3), start(3, "").uuid, DomainName("x")});
  EXPECT_EQ(scratch.records().size(), before + 1) << "the adoption, once";
}

TEST(Committer, DecidesInTheOrderOfSubmission) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  std::vector<std::string> order;
  for (const char* name : {"a", "b", "c", "d"}) {
    committer->submit(label(name, "A-Bank"), tester(), [&order, name](const Reply&) { order.emplace_back(name); });
  }
  EXPECT_EQ(state_of(*committer).bindings().size(), 4u);
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST(Committer, ManyClientsAtOnceLeaveAnUnbrokenLog) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> clients;
    for (int client = 0; client < 8; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0; i < 50; ++i) {
          committer->submit(label("d" + std::to_string(client) + "-" + std::to_string(i), "A-Bank"), tester(),
                            [&](const Reply& reply) { answered += reply.has_value() ? 1 : 0; });
        }
      });
    }
  }
  EXPECT_EQ(state_of(*committer).bindings().size(), 400u);
  EXPECT_EQ(answered, 400);
  const auto records = scratch.records();
  ASSERT_EQ(records.size(), 402u);
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].seq, static_cast<std::int64_t>(i) + 1);
}

TEST(Committer, FinishesWhatWasSubmittedBeforeItEnds) {
  const Scratch scratch;
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  for (int i = 0; i < 20; ++i) {
    committer->submit(label("d" + std::to_string(i), "A-Bank"), tester(), [](const Reply&) {});
  }
  committer.reset();
  EXPECT_EQ(scratch.open().load()->bindings().size(), 20u);
}

// As on a full disk: no file of this process may grow beyond what the ledger has now.
class NoRoom {
 public:
  NoRoom() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 1024, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoRoom() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
};

TEST(Committer, AllowsNothingThatItCannotRecordAndRecovers) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  ask(*committer, label("a", "A-Bank"));
  const std::size_t before = scratch.records().size();
  {
    const NoRoom full;
    const Reply reply = ask(*committer, start(1, "a"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->decision, Decision::deny);
    EXPECT_EQ(reply->reasons.at(0).rule, Rule::unavailable);
  }
  EXPECT_EQ(state_of(*committer).running().size(), 1u) << "the start that was not recorded did not happen";
  EXPECT_TRUE(ask(*committer, start(1, "a"))->allowed()) << "with room again";
  const auto records = scratch.records();
  ASSERT_EQ(records.size(), before + 2);
  EXPECT_EQ(records[before].what.action, "gap");
  EXPECT_EQ(records[before + 1].what.action, "start");
}

// Both wait while the committer is busy, so that they are decided in one batch, whose commit fails.
TEST(Committer, AModeThatWasNotCommittedLetsNothingThrough) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  ask(*committer, label("a", "A-Bank"));
  std::promise<void> busy;
  std::promise<void> go;
  committer->look([&busy, held = go.get_future().share()](const State*) {
    busy.set_value();
    held.wait();
  });
  busy.get_future().wait();
  std::promise<Reply> started;
  committer->submit(SetMode{Mode::permissive, {}}, tester(), [](const Reply&) {});
  committer->submit(start(1, "a"), tester(), [&](const Reply& reply) { started.set_value(reply); });
  const NoRoom full;
  go.set_value();
  EXPECT_EQ(started.get_future().get()->decision, Decision::deny);
}

TEST(Committer, OnAFullDiskTheModeOfTheLabelRules) {
  const Scratch scratch;
  auto committer = scratch.committer();
  enforce_mytest(*committer);
  ask(*committer, label("a", "A-Bank"));
  ask(*committer, label("b", "B-Bank"));
  ask(*committer, SetMode{Mode::permissive, "A-Bank"});
  const NoRoom full;
  EXPECT_EQ(ask(*committer, start(1, "a"))->decision, Decision::would_deny);
  EXPECT_EQ(ask(*committer, start(2, "b"))->decision, Decision::deny);
}

TEST(Committer, PermissiveModeStopsNoMachineForAFullDisk) {
  const Scratch scratch;
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  const NoRoom full;
  EXPECT_EQ(ask(*committer, start(1, "a"))->decision, Decision::would_deny);
  EXPECT_EQ(ask(*committer, label("a", "A-Bank"))->decision, Decision::deny) << "a label that is not kept is not given";
}

// It ended the daemon.
TEST(Committer, AnAnswerThatCannotBeGivenKeepsNoneFromTheOthers) {
  const Scratch scratch;
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  committer->submit(label("a", "A-Bank"), tester(), [](const monitor::Reply&) { throw std::bad_alloc(); });
  const monitor::Reply next = ask(*committer, label("b", "A-Bank"));
  ASSERT_TRUE(next && next->allowed());
  EXPECT_EQ(state_of(*committer).bindings().size(), 2u);
}

}  // namespace
}  // namespace xenacm::ledger
