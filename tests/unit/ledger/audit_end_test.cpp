// SPDX-License-Identifier: Apache-2.0
// What was done to the audit log while the daemon was down is found at its start, which goes on (docs/audit.md, "At the
// start")
#include "enforcer/ledger/audit_end.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <fstream>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"
#include "enforcer/audit/verify.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

namespace fs = std::filesystem;

class AuditEnd : public testing::Test {
 protected:
  // One life of the daemon that records `names`; what it finds at its start.
  std::vector<std::string> live(const std::vector<std::string>& names) const {
    const auto key = audit::open_key(scratch.dir());
    Ledger ledger = scratch.open();
    std::vector<std::string> alarms = examine_end(ledger, *key, scratch.dir());
    monitor::State state = ledger.load().value();
    Notary notary(key->key, {.records = 2, .head = head()});
    Committer committer(std::move(ledger), std::move(state), {}, std::move(notary));
    ask(committer, mytest());
    for (const std::string& name : names) ask(committer, label(name, "A-Bank"));
    return alarms;
  }
  void expect_one(const std::vector<std::string>& alarms, const std::string& said) const {
    ASSERT_EQ(alarms.size(), 1U);
    EXPECT_NE(alarms[0].find(said), std::string::npos) << alarms[0];
  }
  void sql(const std::string& statement) const {
    SQLite::Database(scratch.file().string(), SQLite::OPEN_READWRITE).exec(statement);
  }
  void copy_ledger(const fs::path& from, const fs::path& to) const {
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  }
  [[nodiscard]] audit::Report verify(unsigned after = 0) const {
    const AuditReader reader(scratch.file());
    audit::Verifier verifier({audit::open_key(scratch.dir())->key.public_key()}, after);
    const auto checkpoints = reader.checkpoints(0, 1000).value();
    for (const auto& [seq, text] : checkpoints) verifier.expect(text, audit::Source::log);
    const auto lines = reader.read({.after = after, .limit = kMaxAuditPage}).value();
    for (const audit::Line& line : lines) verifier.feed(line.record, line.hash);
    return verifier.finish();
  }
  [[nodiscard]] fs::path head() const { return scratch.dir() / audit::kHeadFile; }

  const Scratch scratch;
};

TEST_F(AuditEnd, OfALogThatNobodyTouchedIsNoCauseForAlarm) {
  EXPECT_TRUE(live({"a"}).empty()) << "the first start";
  EXPECT_TRUE(live({"b", "c"}).empty());
  EXPECT_TRUE(live({}).empty());
  EXPECT_FALSE(verify().finding);
}

TEST_F(AuditEnd, OfALastRecordThatWasChangedIsTold) {
  live({"a", "b"});
  sql("UPDATE audit SET record = replace(record, 'allow', 'deny') WHERE seq = 3");
  expect_one(live({"c"}), "record 3, the last one, does not fit its hash");
  const audit::Report report = verify();
  ASSERT_TRUE(report.finding);
  EXPECT_EQ(report.finding->seq, 3);
  EXPECT_EQ(report.finding->fault, audit::Fault::altered);
}

TEST_F(AuditEnd, OfALastRecordUnderAnotherNumberIsTold) {
  live({"a", "b"});
  sql("UPDATE audit SET seq = 4 WHERE seq = 3");
  const auto alarms = live({});
  ASSERT_FALSE(alarms.empty());
  EXPECT_NE(alarms[0].find("record 4, the last one"), std::string::npos) << alarms[0];
}

TEST_F(AuditEnd, OfAnOlderCopyIsTold_AndTheGapStays) {
  live({"a"});
  const fs::path older = scratch.dir() / "older";
  copy_ledger(scratch.file(), older);
  live({"b", "c", "d"});  // up to record 6
  copy_ledger(older, scratch.file());
  expect_one(live({"e"}), "the ledger ends with record 2, but record 6 was signed: an older copy");
  const audit::Report report = verify();
  ASSERT_TRUE(report.finding);
  EXPECT_EQ(report.finding->fault, audit::Fault::older_copy);
  EXPECT_EQ(report.finding->seq, 3);
  EXPECT_FALSE(verify(6).finding) << "what came after it can be verified all the same";
  EXPECT_EQ(verify(6).first, 7);
  EXPECT_TRUE(live({}).empty()) << "told once";
}

TEST_F(AuditEnd, OfALedgerThatWasMadeAnewIsTold) {
  live({"a"});
  for (const char* file : {"ledger.db", "ledger.db-wal", "ledger.db-shm"}) fs::remove(scratch.dir() / file);
  expect_one(live({"b"}), "the ledger ends with record 0, but record 2 was signed");
  EXPECT_EQ(verify().finding->fault, audit::Fault::older_copy);
}

TEST_F(AuditEnd, OfALogThatWasWrittenAnewIsTold) {
  live({"a", "b", "c"});
  {
    SQLite::Database db(scratch.file().string(), SQLite::OPEN_READWRITE);
    db.exec("UPDATE audit SET record = replace(record, 'allow', 'deny') WHERE seq = 2");
    audit::Hash before = audit::kNoHash;
    for (int seq = 1; seq <= 4; ++seq) {
      before = audit::next_hash(
          before, db.execAndGet("SELECT record FROM audit WHERE seq = " + std::to_string(seq)).getString());
      SQLite::Statement update(db, "UPDATE audit SET hash = ? WHERE seq = ?");
      update.bind(1, before.data(), before.size());
      update.bind(2, seq);
      update.exec();
    }
  }
  EXPECT_EQ(verify().finding->fault, audit::Fault::rewritten);
  expect_one(live({}), "record 4 is not the one that was signed");
}

TEST_F(AuditEnd, OfASignedRecordThatIsMissingIsTold) {
  live({"a"});
  live({"b"});  // 3, 4: both signed
  fs::copy_file(head(), scratch.dir() / "head");
  live({"c"});
  fs::copy_file(scratch.dir() / "head", head(), fs::copy_options::overwrite_existing);
  sql("DELETE FROM audit WHERE seq = 4");
  expect_one(live({}), "record 4, which was signed, is missing");
}

TEST_F(AuditEnd, OfAHeadThatIsGoneOrForgedIsTold_AndNotBelieved) {
  live({"a"});
  fs::remove(head());
  expect_one(live({}), "audit-head.json is gone");
  const auto far = std::chrono::microseconds(1);
  ASSERT_TRUE(
      audit::replace_file(head(), audit::sign_checkpoint(1'000'000, audit::kNoHash, far, audit::SigningKey::make())));
  expect_one(live({"b"}), "audit-head.json is no checkpoint that this host's key has signed");
  EXPECT_EQ(verify().last, 5);
  std::ofstream(head()) << "{";
  expect_one(live({}), "is no checkpoint");
}

TEST_F(AuditEnd, OfALogWhoseKeyIsGoneIsTold) {
  live({"a"});
  fs::remove(scratch.dir() / audit::kKeyFile);
  expect_one(live({"b"}), "the key that its checkpoints were signed with is gone");
  EXPECT_EQ(verify().finding->fault, audit::Fault::forged) << "by the new key alone the old checkpoints are nobody's";
}

}  // namespace
}  // namespace xenacm::ledger
