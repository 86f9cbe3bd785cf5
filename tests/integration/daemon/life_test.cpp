// SPDX-License-Identifier: Apache-2.0
// The daemon's start, end and death, and what becomes of xenstored's socket and of what it knew (G4, G5; docs/gate.md)
#include <gtest/gtest.h>

#include <fstream>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

void enforce_mytest(const Dom0& dom0) {
  dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
  dom0.tool({"mode", "enforcing"});
  dom0.tool({"addlabel", "A-Bank", "mgt", "a"});
  dom0.tool({"addlabel", "B-Bank", "mgt", "b"});
}

TEST(Life, StoppingGivesXenstoredItsSocketBack) {
  Dom0 dom0;
  dom0.start();
  EXPECT_TRUE(std::filesystem::exists(dom0.xenstored().socket_path().string() + ".real"));
  EXPECT_EQ(dom0.stop(), 0) << dom0.log();
  EXPECT_FALSE(std::filesystem::exists(dom0.xenstored().socket_path().string() + ".real"));
  EXPECT_FALSE(std::filesystem::exists(dom0.socket()));
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(xl.create(1, "anything")) << "nothing is enforced";
}

TEST(Life, ADaemonThatWasKilledComesBackWithEverythingItKnew) {
  Dom0 dom0;
  dom0.start();
  enforce_mytest(dom0);
  {
    Toolstack xl(dom0.xenstored());
    ASSERT_TRUE(xl.create(1, "a"));
  }
  dom0.kill();
  dom0.start();
  EXPECT_EQ(dom0.status()["mode"], "enforcing");
  EXPECT_EQ(dom0.status()["policy"]["name"], "mytest");
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 1);
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(2, "b"));
}

TEST(Life, DomainsThatCameAndWentMeanwhileAreReconciled) {
  Dom0 dom0;
  dom0.start();
  enforce_mytest(dom0);
  {
    Toolstack xl(dom0.xenstored());
    ASSERT_TRUE(xl.create(1, "a"));
  }
  ASSERT_EQ(dom0.stop(), 0);
  {
    Toolstack xl(dom0.xenstored());
    xl.destroy(1);
    ASSERT_TRUE(xl.create(2, "b"));
  }
  dom0.start();
  EXPECT_FALSE(dom0.status()["running_types"].contains("A-Bank"));
  EXPECT_EQ(dom0.status()["running_types"]["B-Bank"], 1);
  EXPECT_EQ(dom0.status()["adopted"], nlohmann::json::array({"b"}));
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(3, "a")) << "what runs counts, whoever started it";
}

TEST(Life, ASecondDaemonIsRefusedAndDisturbsNothing) {
  Dom0 dom0;
  dom0.start();
  const Finished second = dom0.run_second();
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.err.find("another acm-enforcerd (pid " + std::to_string(dom0.pid()) + ")"), std::string::npos)
      << second.err;
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["lines"]["gate"]["connections"] == 1; }));
}

TEST(Life, WithoutXenstoredItSaysSoAndEnds) {
  Dom0 dom0;
  dom0.xenstored().stop();
  const Finished finished = dom0.run_second();
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find(dom0.xenstored().socket_path().string()), std::string::npos) << finished.err;
}

TEST(Life, CheckLooksAndChangesNothing) {
  Dom0 dom0;
  const Finished sound = dom0.run_second({"--check"});
  EXPECT_EQ(sound.status, 0) << sound.err;
  EXPECT_FALSE(std::filesystem::exists(dom0.xenstored().socket_path().string() + ".real"));
  EXPECT_FALSE(std::filesystem::exists(dom0.folder() / "state"));
}

TEST(Life, ACorruptLedgerIsNamedAndNotTouched) {
  Dom0 dom0;
  dom0.start();
  ASSERT_EQ(dom0.stop(), 0);
  const auto ledger = dom0.folder() / "state" / "ledger.db";
  std::ofstream(ledger) << "not a database, but somebody's work";
  const std::string before = contents(ledger);
  const Finished finished = dom0.run_second();
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find(ledger.string()), std::string::npos) << finished.err;
  EXPECT_EQ(contents(ledger), before);
  EXPECT_NO_THROW(Toolstack{dom0.xenstored()}) << "xenstored keeps its socket";
}

struct BadConfig {
  const char* name;
  const char* text;
  const char* said;
};

class Configuration : public testing::TestWithParam<BadConfig> {};

TEST_P(Configuration, IsRefusedWithFileAndLine) {
  Dom0 dom0;
  const auto file = dom0.folder() / "bad.toml";
  std::ofstream(file) << GetParam().text;
  const Finished finished = run({XENACM_ENFORCERD, "--config", file.string(), "--check"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find(GetParam().said), std::string::npos) << finished.err;
  EXPECT_NE(finished.err.find(file.string()), std::string::npos) << finished.err;
}

INSTANTIATE_TEST_SUITE_P(All, Configuration,
                         testing::Values(BadConfig{"UnknownSetting", "\n[gate]\nenbaled = true\n",
                                                   ":3: there is no setting 'gate.enbaled'"},
                                         BadConfig{"WrongType", "[guard]\nenabled = \"yes\"\n",
                                                   ":2: 'guard.enabled' has a value of the wrong type"},
                                         BadConfig{"Syntax", "state_dir = \n", ":1: "},
                                         BadConfig{"OnDeath", "[gate]\non_death = \"allow\"\n",
                                                   "gate.on_death is 'deny' or 'release', not 'allow'"},
                                         BadConfig{"Witness", "[audit]\nwitness = [\"paper\"]\n",
                                                   "audit.witness names 'journald' and 'syslog', not 'paper'"},
                                         BadConfig{"CheckpointRecords", "[audit]\ncheckpoint_records = 0\n",
                                                   ":2: 'audit.checkpoint_records' has a value of the wrong type, or"},
                                         BadConfig{"LogLevel", "log_level = \"loud\"\n", "no log level 'loud'"}),
                         [](const auto& test) { return test.param.name; });

TEST(Configuration, TheDocumentedExampleIsTheDefault) {
  const Finished finished = run({XENACM_ENFORCERD, "--config", XENACM_SOURCE_DIR "/examples/xenacm.toml", "--state-dir",
                                 TemporaryDirectory("xenacm-example").path().string(), "--check"});
  EXPECT_EQ(finished.status, 0) << finished.err;
}

TEST(Configuration, AFileThatWasNamedMustBeThere) {
  EXPECT_EQ(run({XENACM_ENFORCERD, "--config", "/nowhere/xenacm.toml", "--check"}).status, 1);
}

}  // namespace
}  // namespace xenacm::test
