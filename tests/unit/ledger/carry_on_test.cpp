// SPDX-License-Identifier: Apache-2.0
// on_failure = "continue": verdicts go on while the disk is full, and their records follow (docs/audit.md, "When it
// cannot be written")
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "enforcer/ledger/committer.h"
#include "tests/unit/ledger/scratch.h"
#include "tests/unit/ledger/small_disk.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;
using test::SmallDisk;

class CarryOn : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Committer> committer() const {
    return scratch.committer(
        {.on_failure = OnFailure::carry_on, .marker_folders = {scratch.dir()}, .most_kept = kMostKept});
  }
  // Labels domains until a record has to be kept in memory; gives how many it labelled.
  int label_until_it_is_full(Committer& committer) const {
    disk.fill();
    int count = 0;
    for (; committer.outage().late < 20; ++count) {
      const Reply reply = ask(committer, label("d" + std::to_string(count), "A-Bank"));
      EXPECT_TRUE(reply && reply->allowed()) << count;
      if (count > 10'000) ADD_FAILURE() << "the disk does not fill up";
      if (HasFailure()) break;
    }
    return count;
  }

  static constexpr std::size_t kMostKept = 100;
  Scratch scratch;
  SmallDisk disk{scratch.dir()};
};

TEST_F(CarryOn, DecidesOnTheStateInMemoryAndWritesTheRecordsFirstInTheirOrder) {
  auto judge = committer();
  ASSERT_TRUE(ask(*judge, mytest()));
  ASSERT_TRUE(ask(*judge, SetMode{Mode::enforcing, {}}));
  const int count = label_until_it_is_full(*judge);
  ASSERT_TRUE(ask(*judge, label("b", "B-Bank")));
  EXPECT_TRUE(ask(*judge, start(1, "d0"))->allowed());
  EXPECT_EQ(ask(*judge, start(2, "b"))->reasons.at(0).rule, Rule::chinese_wall) << "what was decided meanwhile counts";
  EXPECT_TRUE(judge->outage().lasts);

  disk.make_room();
  ASSERT_TRUE(wait_until([&] { return !judge->outage().lasts; }));
  const auto lines = all_lines(AuditReader(scratch.file()));
  EXPECT_TRUE(is_whole(lines));
  ASSERT_EQ(lines.size(), 2u + static_cast<std::size_t>(count) + 3 + 1);
  for (int i = 0; i < count; ++i) {
    const auto record = audit::parse_record(lines[2 + static_cast<std::size_t>(i)].record).value();
    EXPECT_EQ(record.what.subject, "d" + std::to_string(i));
  }
  const auto gap = audit::parse_record(lines.back().record).value();
  EXPECT_EQ(gap.what.action, "gap");
  EXPECT_NE(gap.message.find(std::to_string(judge->outage().late) + " records were kept in memory"), std::string::npos)
      << gap.message;
  judge.reset();
  const State state = scratch.open().load().value();
  EXPECT_EQ(state.bindings().size(), static_cast<std::size_t>(count) + 1) << "no change was lost";
  EXPECT_NE(state.find_running(DomId(1)), nullptr);
}

TEST_F(CarryOn, RefusesWhatItCouldNotKeep) {
  auto judge = committer();
  ASSERT_TRUE(ask(*judge, mytest()));
  label_until_it_is_full(*judge);
  Decision last = Decision::allow;
  for (int i = 0; last == Decision::allow && i < 1000; ++i) {
    last = ask(*judge, label("e" + std::to_string(i), "A-Bank"))->decision;
  }
  EXPECT_EQ(last, Decision::deny);
  const std::uint64_t late = judge->outage().late;
  EXPECT_EQ(late, kMostKept);
  disk.make_room();
  ASSERT_TRUE(wait_until([&] { return !judge->outage().lasts; }));
  EXPECT_TRUE(ask(*judge, label("again", "A-Bank"))->allowed());
}

TEST_F(CarryOn, ADeathMeanwhileIsRecordedByTheNextDaemon) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto judge = committer();
    (void)ask(*judge, mytest());
    label_until_it_is_full(*judge);
    ::_exit(judge->outage().late >= 20 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  disk.make_room();
  auto judge = committer();
  ASSERT_TRUE(ask(*judge, label("later", "A-Bank")));
  const auto records = scratch.records();
  ASSERT_GE(records.size(), 2u);
  const audit::Record& gap = records[records.size() - 2];
  EXPECT_EQ(gap.what.action, "gap");
  EXPECT_NE(gap.message.find("died with records that it had only in memory: 20 records since"), std::string::npos)
      << gap.message;
  judge.reset();
  const std::size_t before = scratch.records().size();
  (void)state_of(*committer());
  EXPECT_EQ(scratch.records().size(), before) << "it is told once";
}

TEST_F(CarryOn, AnEndInGoodOrderLeavesNoMarker) {
  {
    auto judge = committer();
    ASSERT_TRUE(ask(*judge, mytest()));
    label_until_it_is_full(*judge);
    disk.make_room();
    judge->note({"daemon stop", "acm-enforcerd", ""}, tester());
  }
  const auto records = scratch.records();
  EXPECT_TRUE(std::ranges::any_of(records, [](const auto& record) { return record.what.action == "daemon stop"; }));
  const std::size_t before = scratch.records({.limit = kMaxAuditPage}).size();
  auto judge = committer();
  (void)state_of(*judge);
  EXPECT_EQ(scratch.records({.limit = kMaxAuditPage}).size(), before);
}

}  // namespace
}  // namespace xenacm::ledger
