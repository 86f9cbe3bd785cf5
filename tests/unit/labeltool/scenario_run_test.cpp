// SPDX-License-Identifier: Apache-2.0
// Scenarios are played on the monitor, and what came of each step is held against what it expects.
#include <gtest/gtest.h>

#include "labeltool/scenario/file.h"
#include "labeltool/scenario/run.h"

namespace xenacm::labeltool::scenario {
namespace {

// The results of steps under mytest, each given without its braces.
std::vector<StepResult> play(const std::vector<std::string>& steps, Coverage* coverage = nullptr) {
  std::string text = "policy = '../policies/mytest-security_policy.xml'\nstep = [\n";
  for (const std::string& step : steps) text += "{ " + step + " },\n";
  const auto scenario = parse_scenario(text + "]", XENACM_SOURCE_DIR "/examples/scenarios/s.toml");
  if (!scenario) throw std::runtime_error(testing::PrintToString(scenario.error()));
  Coverage unused;
  return run(*scenario, coverage != nullptr ? *coverage : unused);
}

std::string start(const std::string& domain, const std::string& label, const std::string& rest) {
  return "do = 'start', domain = '" + domain + "', label = '" + label + "', " + rest;
}

// What is wrong with the last of the steps; empty: nothing.
std::string last_mismatch(const std::vector<std::string>& steps) {
  const StepResult last = play(steps).back();
  return last.passed() ? "" : last.mismatches.front();
}

void expect_passed(const std::vector<std::string>& steps) {
  for (const StepResult& step : play(steps)) {
    EXPECT_TRUE(step.passed()) << "line " << step.line << ", " << step.word << " " << step.subject << ": "
                               << testing::PrintToString(step.mismatches);
  }
}

const std::string kBankRuns = start("bank", "A-Bank", "expect = 'allow'");

TEST(ScenarioRun, ReportsWhatIsNotAsExpectedAndGoesOn) {
  const auto results = play({kBankRuns, start("rival", "B-Bank", "expect = 'allow'"),
                             start("auto", "AutoCorp", "expect = 'deny', rule = 'resource', message = 'denied'"),
                             "do = 'stop', domain = 'bank', expect = 'allow'"});
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0].passed());
  EXPECT_EQ(
      results[1].mismatches,
      std::vector<std::string>{"expected allow, was deny, chinese-wall: Domain in conflict set with running domains"});
  EXPECT_EQ(results[2].mismatches,
            std::vector<std::string>{"expected deny (rule resource, message \"denied\"), was allow"});
  EXPECT_TRUE(results[3].passed());
  EXPECT_EQ(results[3].line, 6U);
}

TEST(ScenarioRun, MatchesRuleAndMessageAgainstOneReason) {
  const std::string rival = "do = 'start', domain = 'rival', label = 'B-Bank', expect = 'deny', disks = ['phy:x'], ";
  // Both the Chinese Wall and the disk, which has no label, are against it.
  EXPECT_EQ(last_mismatch({kBankRuns, rival + "rule = 'chinese-wall', message = 'conflict set'"}), "");
  EXPECT_EQ(last_mismatch({kBankRuns, rival + "rule = 'resource', message = 'block device'"}), "");
  EXPECT_EQ(last_mismatch({kBankRuns, rival + "message = 'block device'"}), "");
  EXPECT_EQ(
      last_mismatch({kBankRuns, rival + "rule = 'resource', message = 'conflict set'"}),
      "expected deny (rule resource, message \"conflict set\"), was deny, chinese-wall: Domain in conflict set with "
      "running domains");
  EXPECT_NE(last_mismatch({kBankRuns, rival + "rule = 'ste'"}), "");
  EXPECT_NE(last_mismatch({kBankRuns, rival + "message = 'Conflict'"}), "");
}

TEST(ScenarioRun, ComparesTheCountsAfterTheStep) {
  expect_passed({start("a", "A-Bank.MarketAnalysis",
                       "expect = 'allow', running = { A-Bank = 1, 'A-Bank.MarketAnalysis' = 1, B-Bank = 0, "
                       "SystemManagement = 1 }"),
                 "do = 'stop', domain = 'a', expect = 'allow', running = { A-Bank = 0 }"});
  EXPECT_EQ(last_mismatch({start("a", "A-Bank", "expect = 'allow', running = { A-Bank = 2 }")}),
            "expected 2 running of type A-Bank, are 1");
  EXPECT_EQ(last_mismatch({start("a", "A-Bank", "expect = 'allow', running = { C-Bank = 0 }")}),
            "expected running 'C-Bank', which is no Chinese Wall type of the policy");
}

TEST(ScenarioRun, DeniesWhatCannotBeCarriedOutByNoRule) {
  struct Case {
    std::string step, message;
  };
  for (const Case& each :
       {Case{"do = 'stop', domain = 'nobody'", "Domain 'nobody' does not run."},
        {"do = 'stop', domain = 'Domain-0'", "Domain-0 does not stop."},
        {"do = 'start', domain = 'bank'", "Domain 'bank' runs already; stop it first."},
        {"do = 'start', domain = 'bank', label = 'AutoCorp'", "Domain 'bank' runs already"},
        {"do = 'relabel', domain = 'bank', label = 'AutoCorp'", "is running"},
        {"do = 'relabel', domain = 'bank', label = 'A-Bank'", "is running"},
        {"do = 'relabel', domain = 'other', label = 'C-Bank'", "Label 'C-Bank' not found."},
        {"do = 'detach', domain = 'bank', disk = 'phy:a'", "has no disk phy:/dev/a"},
        {"do = 'detach', domain = 'nobody', disk = 'phy:a'", "does not run"},
        {"do = 'unlabel', resource = 'phy:a'", "Resource not labeled"},
        {"do = 'mode', mode = 'permissive', label = 'C-Bank'", "not found"},
        {"do = 'setpolicy', policy = '../policies/example/test-security_policy.xml'", "prevents an update"},
        {"do = 'setpolicy', policy = '../../tests/policies/bad/check-bootstrap.xml'", "check-bootstrap.xml:"}}) {
    EXPECT_EQ(last_mismatch({kBankRuns, each.step + ", expect = 'deny', message = \"" + each.message + "\""}), "");
    const std::string mismatch = last_mismatch({kBankRuns, each.step + ", expect = 'deny', rule = 'label'"});
    EXPECT_TRUE(mismatch.starts_with("expected deny (rule label), was deny, which no rule says: ")) << mismatch;
  }
}

TEST(ScenarioRun, KeepsADomainsLabelWithItsName) {
  expect_passed({kBankRuns, start("rival", "B-Bank", "expect = 'deny', rule = 'chinese-wall'"),
                 "do = 'stop', domain = 'bank', expect = 'allow'",
                 "do = 'start', domain = 'rival', expect = 'allow', running = { B-Bank = 1 }",
                 "do = 'stop', domain = 'rival', expect = 'allow'", start("rival", "AutoCorp", "expect = 'allow'"),
                 "do = 'stop', domain = 'rival', expect = 'allow'",
                 // A label that the policy does not have is not kept.
                 start("rival", "C-Bank", "expect = 'deny', rule = 'label', message = 'not found'"),
                 "do = 'start', domain = 'rival', expect = 'allow', running = { AutoCorp = 1 }",
                 "do = 'start', domain = 'bare', expect = 'allow', running = { __UNLABELED__ = 1 }",
                 // A start that is refused because the domain runs does not relabel it.
                 start("rival", "A-Bank", "expect = 'deny'"), "do = 'stop', domain = 'rival', expect = 'allow'",
                 "do = 'start', domain = 'rival', expect = 'allow', running = { AutoCorp = 1 }"});
}

TEST(ScenarioRun, ChangesNothingByARefusedRelabel) {
  expect_passed({"do = 'relabel', domain = 'a', label = 'AutoCorp', expect = 'allow'",
                 "do = 'relabel', domain = 'a', label = 'C-Bank', expect = 'deny'",
                 "do = 'start', domain = 'a', expect = 'allow', running = { AutoCorp = 1 }"});
}

TEST(ScenarioRun, GivesAVifTheLabelOfItsStep) {
  const std::string all = "do = 'start', domain = 'admin', label = 'SystemManagement', ";
  expect_passed({all + "vifs = [{ label = 'B-Bank' }, {}], expect = 'deny', rule = 'resource'",
                 all + "vifs = [{ label = 'B-Bank' }, { label = 'AutoCorp' }], expect = 'allow'",
                 "do = 'stop', domain = 'admin', expect = 'allow'",
                 all + "vifs = [{ label = 'C-Bank' }], expect = 'deny', rule = 'resource'",
                 all + "vifs = [{ label = '__INACCESSIBLE__' }], expect = 'deny', rule = 'resource'",
                 all + "vifs = [{}], expect = 'deny', rule = 'resource'", all + "expect = 'allow'",
                 "do = 'attach', domain = 'admin', vif = { bridge = 'xenbr0', label = 'A-Bank' }, expect = 'allow'",
                 "do = 'attach', domain = 'admin', vif = { bridge = 'xenbr0' }, expect = 'deny', rule = 'resource'"});
}

TEST(ScenarioRun, DetachesTheDeviceThatIsNamed) {
  const std::string auto_vif = "do = 'attach', domain = 'auto', vif = { bridge = 'xenbr0', label = 'AutoCorp' }, ";
  const std::string detach = "do = 'detach', domain = 'auto', ";
  expect_passed({start("auto", "AutoCorp", "expect = 'allow'"), auto_vif + "expect = 'allow'",
                 "do = 'label', resource = 'bridge:xenbr0', label = 'AutoCorp', expect = 'deny', message = 'in use'",
                 detach + "vif = { bridge = 'xenbr1' }, expect = 'deny'",
                 detach + "vif = { bridge = 'xenbr0', label = 'A-Bank' }, expect = 'deny'",
                 detach + "link = { class = 'vif', backend = 'Domain-0' }, expect = 'deny'",
                 detach + "vif = { bridge = 'xenbr0' }, expect = 'allow'",
                 detach + "vif = { bridge = 'xenbr0' }, expect = 'deny'",
                 "do = 'label', resource = 'bridge:xenbr0', label = 'AutoCorp', expect = 'allow'"});
}

TEST(ScenarioRun, LinksWhatADomainStartsWith) {
  expect_passed(
      {"do = 'label', resource = 'phy:a', label = 'AutoCorp', expect = 'allow'",
       "do = 'label', resource = 'pci:04:00.0', label = 'AutoCorp', expect = 'allow'",
       start("auto", "AutoCorp", "disks = ['phy:a'], vifs = [{ bridge = 'b' }], pci = ['04:00.0'], expect = 'allow'"),
       "do = 'unlabel', resource = 'phy:a', expect = 'deny', message = 'in use'",
       "do = 'unlabel', resource = 'pci:04:00.0', expect = 'deny', message = 'in use'",
       "do = 'label', resource = 'bridge:b', label = 'AutoCorp', expect = 'deny', message = 'in use'",
       "do = 'detach', domain = 'auto', pci = '04:00.0', expect = 'allow'",
       "do = 'unlabel', resource = 'pci:04:00.0', expect = 'allow'", "do = 'stop', domain = 'auto', expect = 'allow'",
       "do = 'unlabel', resource = 'phy:a', expect = 'allow'"});
}

TEST(ScenarioRun, CountsWhatPermissiveModeLetsThroughAsAllowed) {
  const auto results =
      play({kBankRuns, "do = 'mode', mode = 'permissive', expect = 'allow'",
            start("rival", "B-Bank", "expect = 'allow', rule = 'chinese-wall', running = { B-Bank = 1 }"),
            start("auto", "AutoCorp", "expect = 'allow', rule = 'ste'"),
            "do = 'attach', domain = 'auto', vif = { backend = 'bank' }, expect = 'deny'"});
  EXPECT_TRUE(results[2].passed());
  EXPECT_EQ(results[2].rule, "chinese-wall");
  EXPECT_EQ(results[3].mismatches, std::vector<std::string>{"expected allow (rule ste), was allow"});
  EXPECT_EQ(results[4].mismatches,
            std::vector<std::string>{
                "expected deny, was allow, in permissive mode, against ste: the two labels share no STE type"});
}

TEST(ScenarioRun, NamesTheDomainThatDoesNotRun) {
  const auto results =
      play({kBankRuns, "do = 'attach', domain = 'bank', vif = { backend = 'nobody' }, expect = 'deny'"});
  EXPECT_EQ(results[1].subject, "bank vif -> nobody");
  EXPECT_EQ(results[1].message, "domain 'nobody' was never admitted");
}

TEST(ScenarioRun, GivesADomainNoDeviceOfOneThatEnded) {
  const std::string label = "do = 'label', resource = 'phy:a', label = 'AutoCorp', expect = 'allow'";
  expect_passed({label, start("first", "AutoCorp", "disks = ['phy:a'], expect = 'allow'"),
                 "do = 'stop', domain = 'first', expect = 'allow'", start("second", "AutoCorp", "expect = 'allow'"),
                 "do = 'detach', domain = 'second', disk = 'phy:a', expect = 'deny', message = 'has no disk'"});
}

TEST(ScenarioRun, NamesBothEndsThatDoNotRun) {
  const auto results =
      play({"do = 'attach', domain = 'one', vif = { backend = 'two' }, expect = 'deny', rule = "
            "'integrity', message = \"'one' was never\"",
            "do = 'attach', domain = 'one', vif = { backend = 'two' }, expect = 'deny', rule = "
            "'integrity', message = \"'two' was never\""});
  EXPECT_TRUE(results[0].passed());
  EXPECT_TRUE(results[1].passed());
}

}  // namespace
}  // namespace xenacm::labeltool::scenario
