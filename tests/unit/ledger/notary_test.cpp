// SPDX-License-Identifier: Apache-2.0
// Checkpoints are signed in time, and durable with the records that they stand for (docs/audit.md, "Checkpoints")
#include "enforcer/ledger/notary.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"
#include "enforcer/audit/verify.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

class Signed : public testing::Test {
 protected:
  [[nodiscard]] Notary notary(std::int64_t records, std::chrono::milliseconds interval = std::chrono::hours(1)) {
    return {
        key,
        {.records = records, .interval = interval, .head = head(), .witness = [this](const std::string& checkpoint) {
           witnessed.push_back(checkpoint);
         }}};
  }
  [[nodiscard]] std::unique_ptr<Committer> committer(Notary notary) const {
    Ledger ledger = scratch.open();
    monitor::State state = ledger.load().value();
    return std::make_unique<Committer>(std::move(ledger), std::move(state), CommitterOptions{}, std::move(notary));
  }
  [[nodiscard]] std::filesystem::path head() const { return scratch.dir() / audit::kHeadFile; }
  [[nodiscard]] std::vector<std::int64_t> signed_records() const {
    std::vector<std::int64_t> numbers;
    const auto checkpoints = AuditReader(scratch.file()).checkpoints(0, 1000).value();
    for (const auto& [seq, text] : checkpoints) numbers.push_back(seq);
    return numbers;
  }
  // All of it, against the checkpoints of ledger and head.
  [[nodiscard]] audit::Report verify() const {
    const AuditReader reader(scratch.file());
    audit::Verifier verifier({key.public_key()});
    const auto checkpoints = reader.checkpoints(0, 1000).value();
    for (const auto& [seq, text] : checkpoints) verifier.expect(text, audit::Source::log);
    if (const auto text = reader.head()) verifier.expect(*text, audit::Source::elsewhere);
    const auto lines = reader.read({.after = 0, .limit = kMaxAuditPage}).value();
    for (const audit::Line& line : lines) verifier.feed(line.record, line.hash);
    return verifier.finish();
  }

  const Scratch scratch;
  audit::SigningKey key = audit::SigningKey::make();
  std::vector<std::string> witnessed;
};

using Words = std::vector<std::int64_t>;

TEST_F(Signed, IsTheLogEverySoManyRecordsAndAtItsEnd) {
  auto running = committer(notary(3));
  ask(*running, mytest());
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) ask(*running, label(name, "A-Bank"));
  running->stop();
  EXPECT_EQ(signed_records(), (Words{3, 6, 7}));
  const audit::Report report = verify();
  EXPECT_FALSE(report.finding) << report.finding->message;
  EXPECT_EQ(report.records, 7U);
  EXPECT_EQ(report.vouched, 7);
}

TEST_F(Signed, IsTheLogAfterSomeTimeIfThereIsNews) {
  std::promise<std::string> told;
  Notary patient(key, {.records = 1000,
                       .interval = std::chrono::milliseconds(50),
                       .head = head(),
                       .witness = [&](const std::string& checkpoint) { told.set_value(checkpoint); }});
  auto running = committer(std::move(patient));
  ask(*running, mytest());
  auto checkpoint = told.get_future();
  ASSERT_EQ(checkpoint.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(audit::parse_checkpoint(checkpoint.get())->seq, 1);
  running->stop();  // a second one would throw: the promise is kept
  EXPECT_EQ(signed_records(), Words{1});
}

// Its time was put off as long as there was something to do.
TEST_F(Signed, IsTheLogInTimeThoughTheCommitterNeverRests) {
  std::atomic<bool> told = false;
  auto running = committer(Notary(key, {.records = 1'000'000,
                                        .interval = std::chrono::milliseconds(20),
                                        .head = head(),
                                        .witness = [&](const std::string&) { told = true; }}));
  ask(*running, mytest());
  std::atomic<int> waiting = 0;
  EXPECT_TRUE(wait_until([&] {
    while (waiting < 1000) {
      ++waiting;
      running->submit(label("a", "A-Bank"), tester(), [&](const monitor::Reply&) { --waiting; });
    }
    return told.load();
  }));
  running->stop();
}

TEST_F(Signed, NewestIsKeptBesideTheLedgerAndToldToTheWitness) {
  auto running = committer(notary(1));
  ask(*running, mytest());
  ask(*running, label("a", "A-Bank"));
  running->stop();
  ASSERT_EQ(witnessed.size(), 2U);
  EXPECT_EQ(audit::contents_of(head()), witnessed.back() + "\n");
  EXPECT_EQ(AuditReader(scratch.file()).checkpoints(std::nullopt, 1)->front().text, witnessed.back());
}

TEST_F(Signed, IsNothingThatWasRolledBack) {
  Ledger ledger = scratch.open();
  Notary each = notary(1);
  ASSERT_TRUE(ledger.begin());
  ASSERT_TRUE(ledger.append({}));
  ASSERT_TRUE(each.attend(ledger));
  ledger.rollback();
  each.rolled_back();
  each.committed();
  EXPECT_EQ(signed_records(), Words{});
  EXPECT_TRUE(witnessed.empty());
  EXPECT_FALSE(std::filesystem::exists(head()));
  ASSERT_TRUE(ledger.begin());
  ASSERT_TRUE(ledger.append({}));
  ASSERT_TRUE(each.attend(ledger));
  EXPECT_TRUE(witnessed.empty()) << "not before it is durable";
  ASSERT_TRUE(ledger.commit());
  each.committed();
  EXPECT_EQ(signed_records(), Words{1});
  EXPECT_EQ(witnessed.size(), 1U);
}

}  // namespace
}  // namespace xenacm::ledger
