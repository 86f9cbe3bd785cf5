// SPDX-License-Identifier: Apache-2.0
// A ledger of an earlier schema version keeps all it has (schemas/ledger-*-to-*.sql)
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "enforcer/audit/replay.h"
#include "enforcer/ledger/policy_history.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// As a program of that version left it (schema-N.sql here are those programs' schemas).
void make_version(int version, const std::filesystem::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(text_of(XENACM_SOURCE_DIR "/tests/unit/ledger/schema-" + std::to_string(version) + ".sql"));
  SQLite::Statement policy(db, "INSERT INTO policy VALUES (?, 'mytest', '1.0', ?)");
  const std::string document = text_of(XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml");
  const std::string digest = policy::digest_of(document);
  policy.bind(1, digest);
  policy.bind(2, document);
  policy.exec();
  SQLite::Statement enforced(db, "INSERT INTO enforced VALUES (1, ?)");
  enforced.bind(1, digest);
  enforced.exec();
  db.exec(
      "INSERT INTO running VALUES (0, '00000000-0000-0000-0000-000000000000', 'Domain-0', 'mytest', "
      "'SystemManagement', 1, 0), (3, '11111111-0000-4000-8000-000000000000', 'a', 'mytest', 'A-Bank', 1, 0);"
      "INSERT INTO binding VALUES ('a', NULL, 'mytest', 'A-Bank', 1);"
      "INSERT INTO resource (name, policy, label, valid) VALUES ('file:/vm/a.img', 'mytest', 'A-Bank', 1);"
      "INSERT INTO link (class, frontend, backend, device, bridge) VALUES ('vif', 3, 0, 1, 'xenbr0');"
      "INSERT INTO mode VALUES ('', 'enforcing');"
      "INSERT INTO audit (seq, time, action, subject, object, decision, rule, message, reasons, mode, policy, version, "
      "digest, via, uid, gid, pid, executable, latency) VALUES "
      "(7, 1700000000000000, 'start', 'b', '', 'deny', 'chinese-wall', 'Domain in conflict set', '[]', 'enforcing', "
      "'mytest', '1.0', 'd', 'gate', 0, 0, 2231, '/usr/sbin/xl', 12), "
      "(8, 1700000000000001, 'stop', 'a', '', 'allow', '', '', '[]', 'enforcing', 'mytest', '1.0', 'd', 'guard', 0, 0, "
      "1, 'acm-enforcerd', 3);");
  if (version == 3) db.exec("INSERT INTO history (digest, audit) SELECT digest, 0 FROM enforced");
}

std::string columns(const std::filesystem::path& file) {
  SQLite::Database db(file.string());
  std::string text;
  SQLite::Statement row(
      db,
      "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, pragma_table_xinfo(m.name) c "
      "WHERE m.type = 'table' ORDER BY m.name, c.cid");
  while (row.executeStep()) {
    for (int i = 0; i < 5; ++i) text += row.getColumn(i).getString() + " ";
    text += "\n";
  }
  return text;
}

class Migration : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(FromVersion, Migration, testing::Values(1, 2, 3), testing::PrintToStringParamName());

TEST_P(Migration, KeepsAllThatTheLedgerHas) {
  const Scratch scratch;
  make_version(GetParam(), scratch.dir() / kLedgerFile);
  Ledger ledger = scratch.open();
  const State state = *ledger.load();
  EXPECT_EQ(state.tables().ref.name, "mytest");
  EXPECT_EQ(state.mode(), Mode::enforcing);
  EXPECT_EQ(state.running().size(), 2u);
  EXPECT_EQ(state.bindings().at(DomainName("a")).label.label, "A-Bank");
  const LabelledResource& image = state.resources().at(*parse_resource_name("file:/vm/a.img"));
  EXPECT_EQ(image.label.label, "A-Bank");
  EXPECT_FALSE(image.identity) << "bound at its first use";
  EXPECT_EQ(state.links().at({"vif", DomId(3), kDomain0, 1}).network, (Network{"xenbr0", ""}));
  const auto history = PolicyHistory(scratch.dir() / kLedgerFile).list();
  ASSERT_TRUE(history) << history.error();
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ(history->front().name, "mytest");
  EXPECT_FALSE(history->front().set) << "of its setting there is no record";
}

TEST_P(Migration, ChainsTheRecordsUnderTheirNumbers) {
  const Scratch scratch;
  make_version(GetParam(), scratch.dir() / kLedgerFile);
  {
    const auto committer = scratch.committer();
    ASSERT_TRUE(ask(*committer, label("c", "A-Bank")));
  }
  const auto records = scratch.records();
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].seq, 7);
  EXPECT_EQ(records[0].what.subject, "b");
  EXPECT_EQ(records[0].rule, "chinese-wall");
  EXPECT_EQ(records[0].who.pid, 2231);
  EXPECT_EQ(records[0].who.toolstack, "xl");
  EXPECT_EQ(records[2].what.action, "snapshot") << "of the state that the records before led to";
  EXPECT_EQ(records[3].seq, 10) << "the log goes on";
  EXPECT_EQ(scratch.records({.refused = true}).size(), 1u);
  audit::Hash hash = audit::kNoHash;
  const auto lines = AuditReader(scratch.file()).read({});
  ASSERT_TRUE(lines) << lines.error();
  for (const audit::Line& line : *lines) {
    hash = audit::next_hash(hash, line.record);
    EXPECT_EQ(audit::to_hex(line.hash), audit::to_hex(hash));
  }
}

TEST_P(Migration, LeavesALogThatCanBeReplayed) {
  const Scratch scratch;
  make_version(GetParam(), scratch.dir() / kLedgerFile);
  {
    const auto committer = scratch.committer();
    ASSERT_FALSE(ask(*committer, label("a", "A-Bank"))->changed);
    ASSERT_FALSE(ask(*committer, start(4, "b"))->allowed()) << "of a label that the log says nothing of";
  }
  audit::Replay replay;
  const auto lines = AuditReader(scratch.file()).read({.after = 0});
  ASSERT_TRUE(lines) << lines.error();
  for (const audit::Line& line : *lines) EXPECT_EQ(replay.feed(line.record).size(), 0u) << line.record;
  EXPECT_EQ(replay.without_request(), 2);
  EXPECT_EQ(replay.derived(), 2);
}

TEST_P(Migration, LeavesADamagedLedgerAsItIs) {
  const Scratch scratch;
  make_version(GetParam(), scratch.file());
  SQLite::Database(scratch.file().string(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA ignore_check_constraints = ON; UPDATE enforced SET id = 2");
  const std::string before = text_of(scratch.file());
  const auto opened = Ledger::open(scratch.dir());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("Nothing was changed"), std::string::npos) << opened.error();
  EXPECT_TRUE(text_of(scratch.file()) == before);
}

TEST_P(Migration, ComesToTheSchemaOfANewLedger) {
  const Scratch old;
  const Scratch fresh;
  make_version(GetParam(), old.dir() / kLedgerFile);
  {
    const Ledger migrated = old.open();
  }
  {
    const Ledger made = fresh.open();
  }
  EXPECT_EQ(columns(old.dir() / kLedgerFile), columns(fresh.dir() / kLedgerFile));
  EXPECT_NE(columns(fresh.dir() / kLedgerFile).find("link_resource"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::ledger
