// SPDX-License-Identifier: Apache-2.0
// labeltool test: the example scenarios pass; what is printed, how it ends, and what was left untouched.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/unit/labeltool/commandline.h"

namespace xenacm::labeltool::test {
namespace {

using nlohmann::json;

const std::string kPolicies = XENACM_SOURCE_DIR "/examples/policies/";

std::vector<std::string> example_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(XENACM_SOURCE_DIR "/examples/scenarios")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

TEST(ExampleScenarios, AllPass) {
  const auto files = example_files();
  ASSERT_FALSE(files.empty());
  for (const std::string& file : files) {
    const Ran ran = run(test_command, {file});
    EXPECT_FALSE(ran.failure) << ran.out;
    EXPECT_TRUE(ran.out.ends_with(" passed, 0 failed\n")) << ran.out;
  }
}

TEST(ExampleScenarios, TouchEveryLabelTypeAndConflictSetOfMytest) {
  auto words = example_files();
  words.insert(words.end(), {"--json", "--coverage"});
  const json report = json::parse(run(test_command, words).out);
  const auto mytest = std::ranges::find_if(report.at("coverage"), [](const json& entry) {
    return entry.at("policy").at("name") == "mytest" && entry.at("policy").at("version") == "1.0";
  });
  ASSERT_NE(mytest, report.at("coverage").end());
  for (const auto& [kind, rest] : mytest->at("untouched").items()) EXPECT_EQ(rest, json::array()) << kind;
}

class TestCommand : public testing::Test {
 protected:
  void SetUp() override {
    workplace.write("good.toml", head + "[[step]]\ndo = 'start'\ndomain = 'a'\nlabel = 'A-Bank'\nexpect = 'allow'\n");
    workplace.write("bad.toml", head +
                                    "[[step]]\ndo = 'start'\ndomain = 'a'\nlabel = 'C-Bank'\nexpect = 'deny'\n"
                                    "[[step]]\ndo = 'resetpolicy'\nexpect = 'deny'\nrule = 'label'\n");
    workplace.write("wrong.toml", "[[step]]\ndo = 'strat'\n");
  }

  const std::string head = "name = 'n'\npolicy = '" + kPolicies + "mytest-security_policy.xml'\n";
  Workplace workplace;
};

TEST_F(TestCommand, PrintsALineForEachStepAndEndsWith0WhereAllPassed) {
  const Ran ran = run(test_command, {"good.toml"});
  EXPECT_EQ(ran.out, "ok    good.toml:3 start a (A-Bank): allow\n1 passed, 0 failed\n");
  EXPECT_FALSE(ran.failure);
}

TEST_F(TestCommand, EndsWith1WhereAStepIsNotAsExpected) {
  const Ran ran = run(test_command, {"good.toml", "bad.toml"});
  EXPECT_EQ(ran.out,
            "ok    good.toml:3 start a (A-Bank): allow\n"
            "ok    bad.toml:3 start a (C-Bank): deny, label: Label 'C-Bank' not found.\n"
            "FAIL  bad.toml:8 resetpolicy: expected deny (rule label), was allow\n"
            "2 passed, 1 failed\n");
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->status, 1);
  EXPECT_EQ(ran.failure->message, "");
}

TEST_F(TestCommand, CountsAFileThatIsNoScenarioAsFailedAndPlaysTheOthers) {
  const Ran ran = run(test_command, {"wrong.toml", "nowhere.toml", "good.toml"});
  EXPECT_EQ(ran.out,
            "wrong.toml:2:1: there is no step 'strat'; do is one of start, stop, attach, detach, label, unlabel, "
            "relabel, setpolicy, resetpolicy, mode\n"
            "FAIL  wrong.toml: not a scenario\n"
            "nowhere.toml: cannot be read (No such file or directory)\n"
            "FAIL  nowhere.toml: not a scenario\n"
            "ok    good.toml:3 start a (A-Bank): allow\n"
            "1 passed, 2 failed\n");
  EXPECT_TRUE(ran.failure);
}

TEST_F(TestCommand, NeedsAFile) {
  EXPECT_TRUE(run(test_command, {}).failure->message.starts_with("Name the scenario files"));
}

TEST_F(TestCommand, PrintsJson) {
  const json report = json::parse(run(test_command, {"--json", "bad.toml", "wrong.toml"}).out);
  EXPECT_EQ(report.at("passed"), 1);
  EXPECT_EQ(report.at("failed"), 2);
  EXPECT_FALSE(report.contains("coverage"));
  const json& bad = report.at("files").at(0);
  EXPECT_EQ(bad.at("file"), "bad.toml");
  EXPECT_EQ(bad.at("name"), "n");
  EXPECT_EQ(bad.at("steps").at(0), (json{{"line", 3},
                                         {"do", "start"},
                                         {"subject", "a (C-Bank)"},
                                         {"expected", "deny"},
                                         {"actual", "deny"},
                                         {"rule", "label"},
                                         {"message", "Label 'C-Bank' not found."},
                                         {"ok", true}}));
  EXPECT_EQ(bad.at("steps").at(1).at("ok"), false);
  EXPECT_EQ(bad.at("steps").at(1).at("actual"), "allow");
  EXPECT_EQ(bad.at("steps").at(1).at("mismatches"), json{"expected deny (rule label), was allow"});
  EXPECT_EQ(report.at("files").at(1).at("steps"), json::array());
  EXPECT_EQ(report.at("files").at(1).at("errors").size(), 1U);
}

TEST_F(TestCommand, SaysWhatNoStepTouched) {
  const Ran ran = run(test_command, {"good.toml", "--coverage"});
  EXPECT_TRUE(ran.out.ends_with(
      "not touched of mytest 1.0\n"
      "  VM labels           A-Bank.MarketAnalysis, A-Bank.SecurityUnderwriting, AutoCorp, B-Bank, __UNLABELED__\n"
      "  resource labels     A-Bank, A-Bank.MarketAnalysis, A-Bank.SecurityUnderwriting, AutoCorp, B-Bank, "
      "SystemManagement, __UNLABELED__\n"
      "  STE types           A-Bank.MarketAnalysis, A-Bank.SecurityUnderwriting, AutoCorp, B-Bank, SystemManagement, "
      "__UNLABELED__\n"
      "  Chinese Wall types  A-Bank.MarketAnalysis, A-Bank.SecurityUnderwriting, AutoCorp, B-Bank, __UNLABELED__\n"
      "  conflict sets       RER {A-Bank, B-Bank, __UNLABELED__} (line 51), "
      "RER {A-Bank.MarketAnalysis, A-Bank.SecurityUnderwriting, __UNLABELED__} (line 56)\n"
      "1 passed, 0 failed\n"))
      << ran.out;
}

// The lists of what was left untouched of the first policy.
json untouched(const Workplace& workplace, const std::string& head, const std::string& steps) {
  workplace.write("s.toml", head + "step = [" + steps + "]");
  return json::parse(run(test_command, {"--json", "--coverage", "s.toml"}).out).at("coverage").at(0).at("untouched");
}

TEST_F(TestCommand, TakesALabelForTouchedWhereItsBearerTookPart) {
  const json labelled =
      untouched(workplace, head, "{ do = 'label', resource = 'phy:a', label = 'B-Bank', expect = 'allow' }");
  EXPECT_EQ(labelled.at("resource_labels").size(), 7U);  // nobody has used it yet
  const json used =
      untouched(workplace, head,
                "{ do = 'label', resource = 'phy:a', label = 'B-Bank', expect = 'allow' },"
                "{ do = 'label', resource = 'bridge:b', label = 'A-Bank', expect = 'allow' },"
                "{ do = 'start', domain = 'auto', label = 'AutoCorp', disks = ['phy:a', 'phy:plain'],"
                "  vifs = [{ bridge = 'b' }, { bridge = 'plain', label = 'SystemManagement' }], expect = 'deny' }");
  EXPECT_EQ(used.at("resource_labels"), (json{"A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting", "AutoCorp"}));
  EXPECT_EQ(used.at("ste_types"), (json{"A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting"}));
  EXPECT_EQ(used.at("conflict_sets").size(), 2U);
}

TEST_F(TestCommand, TakesAConflictSetForTouchedWhereItRefusedSomething) {
  const std::string runs = "{ do = 'start', domain = 'a', label = 'A-Bank.MarketAnalysis', expect = 'allow' },";
  const json first =
      untouched(workplace, head, runs + "{ do = 'start', domain = 'b', label = 'B-Bank', expect = 'deny' }");
  ASSERT_EQ(first.at("conflict_sets").size(), 1U);
  EXPECT_EQ(first.at("conflict_sets").at(0).at("line"), 56);
  const json second = untouched(
      workplace, head, runs + "{ do = 'start', domain = 'b', label = 'A-Bank.SecurityUnderwriting', expect = 'deny' }");
  ASSERT_EQ(second.at("conflict_sets").size(), 1U);
  EXPECT_EQ(second.at("conflict_sets").at(0).at("line"), 51);
}

TEST_F(TestCommand, TellsThePoliciesOfAScenarioApart) {
  workplace.write("s.toml", head + "step = [{ do = 'setpolicy', policy = '" + kPolicies +
                                "mytest_update-security_policy.xml', expect = 'allow' },"
                                "{ do = 'start', domain = 'a', label = 'A-Bank.SU', expect = 'allow' }]");
  const json coverage = json::parse(run(test_command, {"--json", "--coverage", "s.toml"}).out).at("coverage");
  ASSERT_EQ(coverage.size(), 2U);
  EXPECT_EQ(coverage.at(0).at("policy").at("version"), "1.0");
  EXPECT_EQ(coverage.at(0).at("untouched").at("vm_labels").size(), 7U);
  EXPECT_EQ(coverage.at(1).at("policy").at("version"), "1.1");
  EXPECT_EQ(coverage.at(1).at("untouched").at("vm_labels"),
            (json{"A-Bank", "A-Bank-WL", "A-Bank.MA", "AutoCorp", "B-Bank"}));
}

}  // namespace
}  // namespace xenacm::labeltool::test
