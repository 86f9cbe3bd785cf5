// SPDX-License-Identifier: Apache-2.0
// The daemon's audit log beside its ledger: what cannot be written, what is copied, what is archived, and who may touch
// it (docs/audit.md)
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"
#include "tests/integration/gate/raw_client.h"
#include "tests/unit/ledger/small_disk.h"

namespace xenacm::test {
namespace {

using gate::testing::RawClient;

constexpr const char* kPolicy = XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml";

// A daemon whose ledger is on a disk of its own.
class FullDisk : public testing::Test {
 protected:
  explicit FullDisk(const std::string& settings = "[audit]\noutputs = []\n") : dom0(settings) {}
  void SetUp() override {
    ::umask(022);
    disk = std::make_unique<SmallDisk>(dom0.folder() / "state");
    dom0.start();
    dom0.tool({"setpolicy", "ACM", kPolicy});
    dom0.tool({"addlabel", "A-Bank", "mgt", "a"});
    dom0.tool({"mode", "enforcing"});
  }
  // The disk is full, and so is the ledger's room on it.
  void fill() const {
    disk->fill();
    for (int i = 0; i < 10'000 && dom0.labeltool({"addlabel", "A-Bank", "mgt", "f" + std::to_string(i)}).status == 0;)
      ++i;
  }
  [[nodiscard]] std::string told() const { return RawClient(dom0.xenstored().socket_path()).write("/tool/x", "1"); }

  mutable Dom0 dom0;
  std::unique_ptr<SmallDisk> disk;
};

class HaltsOnAFullDisk : public FullDisk {
 protected:
  HaltsOnAFullDisk() : FullDisk("[audit]\noutputs = []\non_failure = \"halt\"\n") {}
};

TEST_F(FullDisk, NoDomainStartsWithoutARecordAndItIsSaidEverywhere) {
  fill();
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(1, "a"));
  EXPECT_EQ(dom0.status()["audit"]["writable"], false);
  EXPECT_GE(dom0.status()["audit"]["refused"], 1);
  EXPECT_NE(dom0.tool({"status"}).find("CANNOT BE WRITTEN"), std::string::npos);
  EXPECT_NE(dom0.client().call("GET", "/v1/metrics")->body.find("xenacm_audit_writable 0\n"), std::string::npos);
  EXPECT_NE(dom0.log().find("[critical] nothing can be recorded: "), std::string::npos) << dom0.log();

  disk->make_room();
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.status()["audit"]["writable"] == true; }));
  EXPECT_TRUE(xl.create(2, "a"));
  const auto records = nlohmann::json::parse(dom0.client().call("GET", "/v1/audit")->body);
  EXPECT_TRUE(std::ranges::any_of(records, [](const auto& record) {
    return record["action"] == "gap" && record["message"].template get<std::string>().contains("were refused");
  })) << records.dump(1);
}

TEST_F(HaltsOnAFullDisk, TheDaemonEndsAndItsKeeperRefusesEverything) {
  EXPECT_EQ(told(), "OK");
  fill();
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.ended(); }));
  EXPECT_NE(dom0.log().find("[critical] halting, as audit.on_failure says"), std::string::npos) << dom0.log();
  EXPECT_EQ(told(), "EACCES");
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(1, "a"));
  disk->make_room();
  dom0.start();
  EXPECT_EQ(told(), "OK");
}

TEST(AuditLog, NoMethodOfTheApiChangesIt) {
  Dom0 dom0;
  dom0.start();
  for (const char* path : {"/v1/audit", "/v1/audit/1", "/v1/audit/archives", "/v1/audit/lines", "/v1/audit/checkpoints",
                           "/v1/audit/key", "/v1/audit?seq=1"}) {
    for (const char* method : {"PUT", "POST", "DELETE", "PATCH"}) {
      const auto answer = dom0.client().call(method, path, "{}");
      ASSERT_TRUE(answer) << method << " " << path;
      EXPECT_TRUE(answer->status == 404 || answer->status == 405) << method << " " << path << ": " << answer->status;
    }
  }
}

TEST(AuditLog, TheLedgerIsRootsAloneAndTheFileForTheReadingGroup) {
  const TemporaryDirectory logs("xenacm-logs");
  const auto file = logs.path() / "xenacm" / "audit.jsonl";
  Dom0 dom0("[audit]\noutputs = [\"" + file.string() + "\"]\n");
  dom0.start();
  ASSERT_EQ(dom0.stop(), 0);
  struct stat status{};
  ASSERT_EQ(::stat((dom0.folder() / "state" / "ledger.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
  EXPECT_EQ(status.st_gid, ::getgrnam("daemon")->gr_gid) << "the test's reading group; needs root";
  ASSERT_EQ(::stat(file.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0750u);
  const std::string text = contents(file);
  EXPECT_NE(text.find("\"action\":\"daemon start\""), std::string::npos);
  EXPECT_NE(text.find("\"action\":\"daemon stop\""), std::string::npos) << "also the last record of all";
}

TEST(AuditLog, ArchivesAreListedAndReadOnThroughTheApi) {
  Dom0 dom0("[audit]\noutputs = []\nkeep_records = 10\nsegment_records = 5\n");
  dom0.start();
  dom0.tool({"setpolicy", "ACM", kPolicy});
  for (int i = 0; i < 40; ++i) dom0.tool({"addlabel", "A-Bank", "mgt", "d" + std::to_string(i)});
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.status()["audit"]["archived_to"] >= 30; }));
  const auto archives = nlohmann::json::parse(dom0.client().call("GET", "/v1/audit/archives")->body);
  ASSERT_GE(archives.size(), 4u);
  for (const auto& archive : archives) {
    EXPECT_TRUE(std::filesystem::exists(dom0.folder() / "state" / archive["file"].get<std::string>())) << archive;
  }
  const auto records = nlohmann::json::parse(dom0.client().call("GET", "/v1/audit?after=0&limit=10000")->body);
  ASSERT_GT(records.size(), 40u);
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i]["seq"], i + 1);
  EXPECT_NE(dom0.tool({"why", "3"}).find("d0"), std::string::npos) << "a record in an archive";
}

TEST(AuditLog, OfWhichAnArchiveIsForgottenIsSound) {
  Dom0 dom0("[audit]\noutputs = []\nkeep_records = 10\nsegment_records = 5\nkeep_archives = 1\n");
  dom0.start();
  dom0.tool({"setpolicy", "ACM", kPolicy});
  const auto archives = [&] { return nlohmann::json::parse(dom0.client().call("GET", "/v1/audit/archives")->body); };
  // The archivist works when there is something new.
  int labels = 0;
  ASSERT_TRUE(Dom0::wait_until([&] {
    dom0.tool({"addlabel", "A-Bank", "mgt", "d" + std::to_string(++labels)});
    const auto list = archives();
    return list.size() == 1 && list[0]["first"] > 1;
  })) << archives();
  nlohmann::json report;
  // An archive that is forgotten while they are read is a gap in them.
  EXPECT_TRUE(Dom0::wait_until([&] {
    report = nlohmann::json::parse(dom0.labeltool({"audit", "verify", "--json"}).out);
    return report["sound"] == true;
  })) << report;
  EXPECT_GT(report["first"], 1);
}

struct BadSetting {
  const char* name;
  const char* lines;
  const char* says;
};

class BadAuditSettings : public testing::TestWithParam<BadSetting> {};

TEST_P(BadAuditSettings, AreRefusedInWords) {
  const Dom0 dom0(GetParam().lines);
  const Finished finished = dom0.run_second({"--check"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find(GetParam().says), std::string::npos) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadAuditSettings,
    testing::Values(BadSetting{"NoSuchOutput", "[audit]\noutputs = [\"kafka\"]\n", "not 'kafka'"},
                    BadSetting{"RelativePath", "[audit]\noutputs = [\"audit.jsonl\"]\n", "absolute path"},
                    BadSetting{"Twice", "[audit]\noutputs = [\"syslog\", \"syslog\"]\n", "named twice"},
                    BadSetting{"NoList", "[audit]\noutputs = \"syslog\"\n", "'audit.outputs'"},
                    BadSetting{"ListOfNumbers", "[audit]\noutputs = [1]\n", "'audit.outputs'"},
                    BadSetting{"TinyFiles", "[audit]\nrotate_size = 10\n", "'audit.rotate_size'"},
                    BadSetting{"NoRecords", "[audit]\nkeep_records = 0\n", "'audit.keep_records'"},
                    BadSetting{"NoSuchWay", "[audit]\non_failure = \"ignore\"\n", "'deny', 'halt' or 'continue'"},
                    BadSetting{"HaltThatReleases", "on_death = \"release\"\n[audit]\non_failure = \"halt\"\n",
                               "gate.on_death"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace xenacm::test
