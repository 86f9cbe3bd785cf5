// SPDX-License-Identifier: Apache-2.0
// The ledger of a real daemon, attacked with SQLite, and what labeltool says of it (docs/audit.md)
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <fstream>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/checkpoint.h"
#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kCheckpoints = "[audit]\ncheckpoint_records = 4\nwitness = []\n";

class AuditTrail : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) dom0.tool({"addlabel", "A-Bank", "mgt", name});
  }

  [[nodiscard]] fs::path ledger() const { return state() / "ledger.db"; }
  [[nodiscard]] fs::path state() const { return dom0.folder() / "state"; }

  void sql(const std::string& statement) const {
    SQLite::Database db(ledger().string(), SQLite::OPEN_READWRITE);
    db.setBusyTimeout(5000);
    db.exec(statement);
  }
  // Whether it is sound, what labeltool prints, and what it says of what is not.
  [[nodiscard]] json verify(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"audit", "verify"});
    words.emplace_back("--json");
    const Finished finished = dom0.labeltool(words);
    json report = json::parse(finished.out, nullptr, false);
    EXPECT_TRUE(report.is_object()) << finished.out << finished.err;
    EXPECT_EQ(finished.status, report.value("sound", false) ? 0 : 1);
    return report;
  }
  void found(const std::string& fault, std::int64_t seq, const std::vector<std::string>& words = {}) const {
    const json report = verify(words);
    EXPECT_EQ(report["finding"]["fault"], fault) << report.dump(2);
    EXPECT_EQ(report["finding"]["seq"], seq) << report.dump(2);
  }
  std::string file(const std::string& name, const std::string& text) const {
    const fs::path path = dom0.folder() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  [[nodiscard]] std::string exported() const {
    const Finished finished = dom0.run_second({"--export-audit"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }

  Dom0 dom0{kCheckpoints};
};

TEST_F(AuditTrail, OfADaemonThatWasLeftAloneIsSound) {
  const Finished finished = dom0.labeltool({"audit", "verify"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("The audit log is sound: "), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("Signed up to record "), std::string::npos) << finished.out;
  ASSERT_EQ(dom0.stop(), 0);
  dom0.start();
  const json report = verify();
  EXPECT_EQ(report["first"], 1);
  EXPECT_GE(report["signed"], report["last"].get<int>() - 3);
  EXPECT_EQ(dom0.log().find("audit log: "), std::string::npos) << dom0.log();
}

struct Attack {
  const char* statement;
  const char* fault;
  std::int64_t seq;
};

TEST_F(AuditTrail, ShowsWhatWasDoneToTheLedger) {
  const Attack attacks[] = {
      {"UPDATE audit SET record = replace(record, '\"decision\":\"allow\"', '\"decision\":\"deny\"') WHERE seq = 3",
       "altered", 3},
      {"UPDATE audit SET record = replace(record, '\"uid\":0', '\"uid\":1') WHERE seq = 5", "altered", 5},
      {"UPDATE audit SET record = '' WHERE seq = 5", "altered", 5},
      {"UPDATE audit SET record = record || char(10) || record WHERE seq = 5", "altered", 5},
      {"UPDATE audit SET hash = zeroblob(32) WHERE seq = 3", "altered", 3},
      {"UPDATE audit SET seq = 1000 WHERE seq = 3", "reordered", 3},
      {"UPDATE audit SET seq = 1000 WHERE seq = (SELECT max(seq) FROM audit)", "altered", 0},
      {"DELETE FROM audit WHERE seq = 3", "missing", 3},
      {"DELETE FROM audit WHERE seq BETWEEN 3 AND 5", "missing", 3},
      {"UPDATE audit SET seq = -seq WHERE seq IN (3, 4); UPDATE audit SET seq = seq + 7 WHERE seq < 0", "reordered", 3},
      {"INSERT INTO audit SELECT 0, record, hash FROM audit WHERE seq = 3", "reordered", 1},
      {"DELETE FROM audit WHERE seq > 3", "truncated", 4},
      {"DELETE FROM audit WHERE seq > 3; DELETE FROM checkpoint WHERE seq > 3", "older-copy", 4},
      {"UPDATE checkpoint SET text = replace(text, '\"seq\":4', '\"seq\":3') WHERE seq = 4", "forged", 3},
      {"UPDATE checkpoint SET text = 'nothing' WHERE seq = 4", "forged", 0},
  };
  ASSERT_EQ(dom0.stop(), 0);
  const fs::path sound = dom0.folder() / "sound.db";
  sql("PRAGMA wal_checkpoint(TRUNCATE)");
  fs::copy_file(ledger(), sound);
  for (const Attack& attack : attacks) {
    SCOPED_TRACE(attack.statement);
    // The daemon that is asked runs beside the attacked file: it has opened the sound one.
    fs::copy_file(sound, ledger(), fs::copy_options::overwrite_existing);
    dom0.start();
    const std::int64_t last = verify()["last"];
    sql(attack.statement);
    found(attack.fault, attack.seq != 0 || attack.fault != std::string("altered") ? attack.seq : last);
    dom0.kill();
    for (const char* part : {"ledger.db-wal", "ledger.db-shm"}) fs::remove(state() / part);
    fs::remove(state() / audit::kHeadFile);
  }
}

TEST_F(AuditTrail, OfAnOlderCopyIsAlarmedAtTheStartWhichGoesOn) {
  sql("PRAGMA wal_checkpoint(TRUNCATE)");
  const fs::path older = dom0.folder() / "older.db";
  fs::copy_file(ledger(), older);
  dom0.tool({"addlabel", "A-Bank", "mgt", "g"});
  ASSERT_EQ(dom0.stop(), 0);
  fs::copy_file(older, ledger(), fs::copy_options::overwrite_existing);
  dom0.start();
  EXPECT_NE(dom0.log().find("an older copy of the ledger was put in place"), std::string::npos) << dom0.log();
  EXPECT_NE(dom0.tool({"audit", "--json"}).find("an older copy of the ledger was put in place"), std::string::npos);
  EXPECT_EQ(verify()["finding"]["fault"], "older-copy");
}

TEST_F(AuditTrail, OfALastRecordThatWasChangedIsAlarmedAtTheStartWhichGoesOn) {
  ASSERT_EQ(dom0.stop(), 0);
  sql("UPDATE audit SET record = replace(record, 'allow', 'deny') WHERE seq = (SELECT max(seq) FROM audit)");
  dom0.start();
  EXPECT_NE(dom0.log().find("the last one, does not fit its hash"), std::string::npos) << dom0.log();
  EXPECT_EQ(dom0.labeltool({"getlabel", "mgt", "a"}).status, 0) << "it serves all the same";
  EXPECT_EQ(verify()["finding"]["fault"], "altered");
}

TEST_F(AuditTrail, WithoutAKeyThatCanBeUsedIsUnsignedAndTheDaemonGoesOn) {
  ASSERT_EQ(dom0.stop(), 0);
  fs::permissions(state() / "audit.key", fs::perms(0644));
  dom0.start();
  EXPECT_NE(dom0.log().find("could be read or changed by others"), std::string::npos) << dom0.log();
  EXPECT_NE(dom0.tool({"audit", "--json"}).find("The audit log is not signed"), std::string::npos);
  const Finished finished = dom0.labeltool({"audit", "key"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find("The audit log is not signed"), std::string::npos) << finished.err;
}

TEST_F(AuditTrail, IsVerifiedElsewhereWithWhatWasKept) {
  const std::string key = file("key.pem", dom0.tool({"audit", "key"}));
  const std::string checkpoint = file("checkpoint", dom0.tool({"audit", "checkpoint"}));
  const std::string lines = exported();
  const std::size_t half = lines.find('\n', lines.size() / 2) + 1;
  const std::string first = file("first", lines.substr(0, half));
  const std::string second = file("second", lines.substr(half));
  dom0.stop();
  EXPECT_EQ(exported().substr(0, lines.size()), lines) << "the same, without a daemon, and what came since";
  const json report = verify({first, second, "--checkpoint", checkpoint, "--key", key});
  EXPECT_TRUE(report["sound"]) << report;
  EXPECT_EQ(report["checkpoints"], 1);
  EXPECT_EQ(dom0.labeltool({"audit", "verify", second, first}).status, 1);
  const Finished cut = dom0.labeltool({"audit", "verify", first, "--checkpoint", checkpoint});
  EXPECT_EQ(cut.status, 1);
  EXPECT_NE(cut.err.find("a signed checkpoint that was kept elsewhere says that there was a record"), std::string::npos)
      << cut.err;
}

TEST_F(AuditTrail, IsNotThatOfAnotherHost) {
  Dom0 other{kCheckpoints};
  other.start();
  for (const char* name : {"a", "b", "c", "d"}) (void)other.labeltool({"addlabel", "A-Bank", "mgt", name});
  const std::string key = file("key.pem", other.tool({"audit", "key"}));
  const std::string checkpoint = file("checkpoint", other.tool({"audit", "checkpoint"}));
  found("forged", 4, {"--key", key});
  found("forged", 4, {"--checkpoint", checkpoint});
  const std::string lines = file("lines", exported());
  found("rewritten", 4, {lines, "--checkpoint", checkpoint});
}

TEST_F(AuditTrail, SaysWhichFileOrOptionIsWrong) {
  const std::string text = file("text", "hello\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> table{
      {{"audit", "verify", "/none"}, "Error: Could not read file: /none\n"},
      {{"audit", "verify", "--key", "/none"}, "Error: Could not read file: /none\n"},
      {{"audit", "verify", "--key", text}, "Error: " + text + ": it is not an Ed25519 public key in PEM form\n"},
      {{"audit", "verify", "--checkpoint", text}, "Error: " + text + ": not a checkpoint: "},
      {{"audit", "verify", text},
       "No record fits.\nError: Record 1 was changed: what stands in its place is no record.\n"},
      {{"audit", "--denied", "verify"}, "Error: '--denied' does not go with 'verify'"},
      {{"audit", "verify", "--denied"}, "Error: "},
      {{"audit", "key", "x"}, "Error: 'x' is not understood\n"}};
  for (const auto& [words, said] : table) {
    const Finished finished = dom0.labeltool(words);
    EXPECT_EQ(finished.status, 1) << said;
    EXPECT_EQ(finished.err.substr(0, said.size()), said) << finished.err;
  }
}

}  // namespace
}  // namespace xenacm::test
