// SPDX-License-Identifier: Apache-2.0
// What becomes of requests while the disk is full, on_failure = "deny" and "halt" (docs/audit.md, "When it cannot be
// written")
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <regex>
#include <set>
#include <thread>

#include "enforcer/ledger/committer.h"
#include "tests/unit/ledger/scratch.h"
#include "tests/unit/ledger/small_disk.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;
using test::SmallDisk;

class FullDisk : public testing::Test {
 protected:
  // The disk fills up, and requests come until one cannot be recorded.
  void begin_outage(Committer& committer) const {
    disk.fill();
    for (int i = 0; !committer.outage().lasts; ++i) {
      ASSERT_LT(i, 10'000);
      (void)ask(committer, label("filler" + std::to_string(i), "A-Bank"));
    }
  }
  static bool ends(const Committer& committer) {
    return wait_until([&] { return !committer.outage().lasts; });
  }
  [[nodiscard]] std::vector<audit::Record> gaps() const {
    auto records = scratch.records({.after = 0, .limit = kMaxAuditPage});
    std::erase_if(records, [](const audit::Record& record) { return record.what.action != "gap"; });
    return records;
  }

  Scratch scratch;
  SmallDisk disk{scratch.dir()};
};

// Of "… 12 requests were refused …".
std::uint64_t refused_by(const audit::Record& gap) {
  std::smatch match;
  const std::regex number("([0-9]+) requests were refused");
  return std::regex_search(gap.message, match, number) ? std::stoull(match[1]) : 0;
}

// Whoever asks waits on his own stack, and is gone once he was told.
TEST_F(FullDisk, WhoArchivesIsToldOnceThatNothingWasDone) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  begin_outage(*committer);
  for (int i = 0; i < 20; ++i) {
    std::atomic<int> told = 0;
    std::promise<bool> answer;
    committer->drop_archived([&](bool done) {
      if (++told == 1) answer.set_value(done);
    });
    EXPECT_FALSE(answer.get_future().get());
    (void)ask(*committer, label("after" + std::to_string(i), "A-Bank"));
    EXPECT_EQ(told, 1);
  }
}

TEST_F(FullDisk, UnderLoadNothingIsAllowedThatHasNoRecordAndTheGapsCountTheRest) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  std::mutex mutex;
  std::set<std::string> allowed;
  std::uint64_t refused = 0;
  std::atomic<bool> enough = false;
  {
    std::vector<std::jthread> clients;
    for (int client = 0; client < 8; ++client) {
      clients.emplace_back([&, client] {
        for (int i = 0; !enough; ++i) {
          const std::string name = "d" + std::to_string(client) + "-" + std::to_string(i);
          const Reply reply = ask(*committer, label(name, "A-Bank"));
          const std::scoped_lock lock(mutex);
          if (reply && reply->allowed()) allowed.insert(name);
          if (reply && !reply->allowed()) ++refused;
        }
      });
    }
    for (int round = 0; round < 3; ++round) {
      disk.fill();
      EXPECT_TRUE(wait_until([&] { return committer->outage().lasts && committer->outage().refused > 100; }));
      disk.make_room();
      EXPECT_TRUE(ends(*committer));
    }
    enough = true;
  }
  EXPECT_TRUE(ends(*committer));
  const State state = state_of(*committer);
  std::set<std::string> recorded;
  const auto lines = all_lines(AuditReader(scratch.file()));
  EXPECT_TRUE(is_whole(lines));
  for (const audit::Line& line : lines) recorded.insert(audit::parse_record(line.record)->what.subject);
  for (const std::string& name : allowed) {
    EXPECT_TRUE(recorded.contains(name)) << name;
    EXPECT_TRUE(state.bindings().contains(DomainName(name))) << name;
  }
  EXPECT_EQ(state.bindings().size(), allowed.size()) << "what was refused did not happen";
  std::uint64_t told = 0;
  for (const audit::Line& line : lines) {
    const auto record = audit::parse_record(line.record).value();
    if (record.what.action == "gap") told += refused_by(record);
  }
  EXPECT_EQ(told, refused);
}

TEST_F(FullDisk, ItsEndIsNoticedAndRecordedWithoutAnyRequest) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  begin_outage(*committer);
  EXPECT_TRUE(gaps().empty());
  disk.make_room();
  ASSERT_TRUE(ends(*committer));
  ASSERT_EQ(gaps().size(), 1u);
  const audit::Record gap = gaps().front();
  EXPECT_EQ(gap.decision, "error");
  EXPECT_EQ(gap.rule, "unavailable");
  EXPECT_EQ(refused_by(gap), 1u) << gap.message;
  EXPECT_NE(gap.message.find("full"), std::string::npos) << gap.message;
}

TEST_F(FullDisk, WhatPermissiveModeLetsThroughChangesNothingAndIsCounted) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  begin_outage(*committer);
  EXPECT_EQ(ask(*committer, start(1, "a"))->decision, Decision::would_deny);
  EXPECT_EQ(committer->outage().let_through, 1u);
  disk.make_room();
  ASSERT_TRUE(ends(*committer));
  EXPECT_EQ(state_of(*committer).running().size(), 1u) << "Domain-0 alone";
  EXPECT_NE(gaps().at(0).message.find("1 let through"), std::string::npos) << gaps().at(0).message;
}

// Found when a failed commit had the state read anew, without the tickets.
TEST_F(FullDisk, TicketsOutliveIt) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  ASSERT_TRUE(ask(*committer, SetMode{Mode::enforcing, {}}));
  ASSERT_TRUE(ask(*committer, label("a", "A-Bank")));
  ASSERT_TRUE(ask(*committer, label("b", "B-Bank")));
  ASSERT_TRUE(ask(*committer, ReserveStart{"held", start(0, "a")})->allowed());
  begin_outage(*committer);
  disk.make_room();
  ASSERT_TRUE(ends(*committer));
  EXPECT_TRUE(state_of(*committer).tickets().contains("held"));
  EXPECT_EQ(ask(*committer, start(2, "b"))->reasons.at(0).rule, Rule::chinese_wall);
}

TEST_F(FullDisk, ATicketThatIsGivenBackMeanwhileIsGivenBackAfterIt) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  ASSERT_TRUE(ask(*committer, label("a", "A-Bank")));
  ASSERT_TRUE(ask(*committer, ReserveStart{"held", start(0, "a")})->allowed());
  begin_outage(*committer);
  EXPECT_FALSE(ask(*committer, LapseTicket{"held"})->allowed());
  EXPECT_FALSE(ask(*committer, LapseTicket{"held"})->allowed());
  disk.make_room();
  ASSERT_TRUE(wait_until([&] { return state_of(*committer).tickets().empty(); }));
  int lapses = 0;
  for (const audit::Record& record : scratch.records({.after = 0, .limit = kMaxAuditPage})) {
    lapses += record.what.action == "lapse ticket" ? 1 : 0;
  }
  EXPECT_EQ(lapses, 1);
}

// Found by the model: a link whose commit xenstored refused stayed on record until one of its domains ended.
TEST_F(FullDisk, ALinkThatIsGivenBackMeanwhileIsOffTheRecordAfterIt) {
  auto committer = scratch.committer();
  const LinkKey key{"vif", DomId(1), kDomain0, 0};
  ASSERT_TRUE(ask(*committer, start(1, "a")));
  ASSERT_TRUE(ask(*committer, AttachLink{.key = key}));
  ASSERT_TRUE(state_of(*committer).links().contains(key));
  begin_outage(*committer);
  ASSERT_TRUE(ask(*committer, DetachLink{key, true}));
  ASSERT_TRUE(ask(*committer, DetachLink{key, true}));
  disk.make_room();
  EXPECT_TRUE(wait_until([&] { return state_of(*committer).links().empty(); }));
}

TEST_F(FullDisk, TheMonitorsOwnEventsAreRecordedAfterIt) {
  auto committer = scratch.committer();
  ASSERT_TRUE(ask(*committer, mytest()));
  begin_outage(*committer);
  committer->note({"alarm", "somebody", "round the gate"}, tester());
  (void)state_of(*committer);
  disk.make_room();
  ASSERT_TRUE(ends(*committer));
  (void)state_of(*committer);
  EXPECT_EQ(scratch.records().back().what.action, "alarm");
}

TEST_F(FullDisk, HaltEndsTheDaemonAtTheFirstRequestThatCannotBeRecorded) {
  std::atomic<int> halted = 0;
  auto committer = scratch.committer({.on_failure = OnFailure::halt, .halt = [&](const Error&) { ++halted; }});
  ASSERT_TRUE(ask(*committer, mytest()));
  EXPECT_EQ(halted, 0);
  begin_outage(*committer);
  EXPECT_GE(halted, 1);
}

}  // namespace
}  // namespace xenacm::ledger
