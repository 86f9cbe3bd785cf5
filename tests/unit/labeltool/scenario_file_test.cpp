// SPDX-License-Identifier: Apache-2.0
// Scenario files are read strictly: what is wrong is told with its place, its key and the form it should have.
#include <gtest/gtest.h>

#include "labeltool/scenario/file.h"

namespace xenacm::labeltool::scenario {
namespace {

const std::string kFile = XENACM_SOURCE_DIR "/examples/scenarios/s.toml";  // is not there; its folder is

std::vector<std::string> errors_of(const std::string& text, const std::string& file = "s.toml") {
  const auto scenario = parse_scenario(text, file);
  return scenario ? std::vector<std::string>{} : scenario.error();
}

struct Case {
  const char* name;
  std::string text;
  std::string error;  // begins so
};

std::string step(const std::string& keys) { return "step = [{ " + keys + " }]"; }

class WrongScenario : public testing::TestWithParam<Case> {};

TEST_P(WrongScenario, IsRefusedWithOneErrorThatNamesPlaceKeyAndForm) {
  const auto errors = errors_of(GetParam().text);
  ASSERT_EQ(errors.size(), 1U) << testing::PrintToString(errors);
  EXPECT_TRUE(errors.front().starts_with(GetParam().error)) << errors.front();
}

INSTANTIATE_TEST_SUITE_P(
    Files, WrongScenario,
    testing::Values(
        Case{"NotToml", "a = [\n", "s.toml:1:7: Error while parsing array"},
        Case{"KeyTwice", "name = 'a'\nname = 'b'", "s.toml:2:"},
        Case{"Empty", "", "s.toml:1:1: a scenario needs [[step]] with do = "},
        Case{"NoSteps", "step = []", "s.toml:1:1: a scenario needs [[step]]"},
        Case{"StepsAreATable", "[step]\ndo = 'start'", "s.toml:1:2: 'step' of a scenario is not of the form [[step]]"},
        Case{"AStepIsANumber", "step = [3]", "s.toml:1:9: 'step' of a scenario is not of the form [[step]]"},
        Case{"UnknownKeyAtTheTop", "nam = 'x'\n" + step("do = 'stop', domain = 'a', expect = 'allow'"),
             "s.toml:1:1: a scenario has no key 'nam'; it takes name = \"competing banks\", policy = "},
        Case{"NameOfTheWrongType", "name = 3\n" + step("do = 'stop', domain = 'a', expect = 'allow'"),
             "s.toml:1:1: 'name' of a scenario is not of the form name = \"competing banks\""},
        Case{"PolicyThatIsNotThere", "policy = 'nowhere.xml'\n" + step("do = 'stop', domain = 'a', expect = 'allow'"),
             "s.toml:1:1: 'policy': cannot read nowhere.xml (No such file or directory)"}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Steps, WrongScenario,
    testing::Values(
        Case{"WithoutDo", step("domain = 'a'"), "s.toml:1:9: a step needs do = \"start\"; do is one of start, stop, "},
        Case{"DoOfTheWrongType", step("do = 3"), "s.toml:1:11: 'do' is not a text; do is one of start, "},
        Case{
            "DoThatDoesNotExist", step("do = 'strat'"),
            "s.toml:1:11: there is no step 'strat'; do is one of start, stop, attach, detach, label, unlabel, relabel, "
            "setpolicy, resetpolicy, mode"},
        Case{"WithoutExpect", step("do = 'stop', domain = 'a'"),
             "s.toml:1:9: a stop step needs expect = \"allow\" or \"deny\""},
        Case{"ExpectOfAnotherWord", step("do = 'stop', domain = 'a', expect = 'maybe'"),
             "s.toml:1:38: 'expect' of a stop step is not of the form expect = \"allow\" or \"deny\""},
        Case{"ExpectOfTheWrongType", step("do = 'stop', domain = 'a', expect = true"),
             "s.toml:1:38: 'expect' of a stop step is not of the form"},
        Case{"WithoutDomain", step("do = 'start', expect = 'deny'"),
             "s.toml:1:9: a start step needs domain = \"client1\""},
        Case{"DomainWithoutAName", step("do = 'start', domain = '', expect = 'deny'"),
             "s.toml:1:25: 'domain' of a start step is not of the form domain = \"client1\""},
        Case{"KeyThatNoStepHas", step("do = 'start', domain = 'a', lable = 'A', expect = 'deny'"),
             "s.toml:1:39: a start step has no key 'lable'; it takes do = \"start\", domain = \"client1\", label = "},
        Case{"KeyOfAnotherKindOfStep", step("do = 'stop', domain = 'a', label = 'A', expect = 'deny'"),
             "s.toml:1:38: a stop step has no key 'label'; it takes do = \"start\", domain = \"client1\", expect = "},
        Case{"LabelToTakeAway", step("do = 'unlabel', resource = 'phy:a', label = 'A', expect = 'deny'"),
             "s.toml:1:47: an unlabel step has no key 'label'"},
        Case{"PolicyToResetTo", step("do = 'resetpolicy', policy = 'x.xml', expect = 'deny'"),
             "s.toml:1:31: a resetpolicy step has no key 'policy'"},
        Case{"LabelStepWithoutLabel", step("do = 'label', resource = 'phy:a', expect = 'deny'"),
             "s.toml:1:9: a label step needs label = \"A-Bank\""},
        Case{"RelabelWithoutLabel", step("do = 'relabel', domain = 'a', expect = 'deny'"),
             "s.toml:1:9: a relabel step needs label = \"A-Bank\""},
        Case{"ResourceThatIsNone", step("do = 'label', resource = 'd1.img', label = 'A', expect = 'deny'"),
             "s.toml:1:25: 'resource': Resource spec 'd1.img' contains no ':' delimiter; the form is "},
        Case{"SetpolicyWithoutPolicy", step("do = 'setpolicy', expect = 'deny'"),
             "s.toml:1:9: a setpolicy step needs policy = "},
        Case{"SetpolicyOfNoFile", step("do = 'setpolicy', policy = 'nowhere.xml', expect = 'deny'"),
             "s.toml:1:29: 'policy': cannot read nowhere.xml"},
        Case{"ModeOfAnotherWord", step("do = 'mode', mode = 'off', expect = 'allow'"),
             "s.toml:1:24: 'mode' of a mode step is not of the form mode = \"enforcing\" or \"permissive\""},
        Case{"RuleThatIsNone", step("do = 'stop', domain = 'a', expect = 'deny', rule = 'ste2'"),
             "s.toml:1:55: there is no 'rule' 'ste2'; the rules are label, authorization, chinese-wall, ste, resource, "
             "integrity"},
        Case{"MessageOfTheWrongType", step("do = 'stop', domain = 'a', expect = 'deny', message = 3"),
             "s.toml:1:55: 'message' of a stop step is not of the form message = "},
        Case{"CountsOfTheWrongType", step("do = 'stop', domain = 'a', expect = 'deny', running = 1"),
             "s.toml:1:55: 'running' of a stop step is not of the form running = { \"A-Bank\" = 1 }"},
        Case{"CountBelowZero", step("do = 'stop', domain = 'a', expect = 'deny', running = { A = -1 }"),
             "s.toml:1:67: 'running' of a stop step is not of the form"},
        Case{"CountThatIsAText", step("do = 'stop', domain = 'a', expect = 'deny', running = { A = '1' }"),
             "s.toml:1:67: 'running' of a stop step is not of the form"}),
    [](const auto& tested) { return tested.param.name; });

std::string start(const std::string& keys) { return step("do = 'start', domain = 'a', expect = 'deny', " + keys); }
std::string attach(const std::string& keys) { return step("do = 'attach', domain = 'a', expect = 'deny', " + keys); }

INSTANTIATE_TEST_SUITE_P(
    Devices, WrongScenario,
    testing::Values(
        Case{"DisksThatAreAText", start("disks = 'phy:a'"),
             "s.toml:1:56: 'disks' of a start step is not of the form disks = ["},
        Case{"DiskThatIsANumber", start("disks = ['phy:a', 3]"),
             "s.toml:1:74: 'disks' of a start step is not of the form"},
        Case{"DiskOfAnUnknownKind", start("disks = ['tap2:aio:/a']"),
             "s.toml:1:65: 'disks': Resource 'tap2:aio:/a' is of an unknown kind 'tap2'"},
        Case{"DiskThatIsABridge", start("disks = ['bridge:xenbr0']"),
             "s.toml:1:65: 'disks': 'bridge:xenbr0' is not a disk; disks = ["},
        Case{"VifsThatAreATable", start("vifs = { backend = 'n' }"),
             "s.toml:1:56: 'vifs' of a start step is not of the form vifs = [{ "},
        Case{"VifThatIsAText", start("vifs = ['backend=n']"), "s.toml:1:64: 'vifs' of a start step is not of the form"},
        Case{"VifWithAnUnknownKey", start("vifs = [{ bakend = 'n' }]"),
             "s.toml:1:66: a vif has no key 'bakend'; it takes backend = \"nicdom\", bridge = \"xenbr0\", nic = "
             "\"eth0\", label = "},
        Case{"PciWithItsPrefix", start("pci = ['pci:04:00.0']"),
             "s.toml:1:63: 'pci': 'pci:04:00.0' is to be written without pci:"},
        Case{"PciThatIsNoAddress", start("pci = ['04.0']"),
             "s.toml:1:63: 'pci': Resource 'pci:04.0' has no PCI address"},
        Case{"PciThatIsAText", start("pci = '04:00.0'"),
             "s.toml:1:56: 'pci' of a start step is not of the form pci = [\"0000:04:00.0\"]"},
        Case{"NoDevice", step("do = 'attach', domain = 'a', expect = 'deny'"),
             "s.toml:1:9: an attach step needs one of disk = \"phy:/dev/vg/a\", vif = { backend = \"nicdom\", bridge = "
             "\"xenbr0\" }, "
             "pci = \"0000:04:00.0\", link = { class = \"9pfs\", backend = \"nicdom\" }"},
        Case{"TwoDevices", attach("disk = 'phy:a', pci = '04:00.0'"),
             "s.toml:1:73: 'disk' and 'pci' exclude each other; an attach step takes one of disk = "},
        Case{"DisksToAttach", attach("disk = ['phy:a']"),
             "s.toml:1:57: 'disk' of an attach step is not of the form disk = \"phy:/dev/vg/a\""},
        Case{"PcisToAttach", attach("pci = ['04:00.0']"),
             "s.toml:1:57: 'pci' of an attach step is not of the form pci = \"0000:04:00.0\""},
        Case{"VifToAttachThatIsAText", attach("vif = 'nicdom'"),
             "s.toml:1:57: 'vif' of an attach step is not of the form vif = { "},
        Case{"LinkWithoutClass", attach("link = { backend = 'n' }"), "s.toml:1:64: a link needs class = \"9pfs\""},
        Case{"LinkWithoutBackend", attach("link = { class = '9pfs' }"),
             "s.toml:1:64: a link needs backend = \"nicdom\""},
        Case{"LinkWithABridge", attach("link = { class = 'vif', backend = 'n', bridge = 'b' }"),
             "s.toml:1:96: a link has no key 'bridge'; it takes class = \"9pfs\", backend = \"nicdom\""}),
    [](const auto& tested) { return tested.param.name; });

TEST(WrongScenarioFile, HasAllItsErrorsToldAtOnceInTheOrderOfTheFile) {
  const auto errors = errors_of(
      "policy = 3\n"
      "[[step]]\n"
      "expect = 'maybe'\n"
      "do = 'attach'\n"
      "vif = {}\n"
      "disk = 'd1.img'\n"
      "[[step]]\n"
      "do = 'strat'\n"
      "[[step]]\n"
      "do = 'stop'\n");
  std::vector<std::string> places;
  for (const std::string& error : errors) places.push_back(error.substr(0, error.find(": ")));
  EXPECT_EQ(places, (std::vector<std::string>{"s.toml:1:1", "s.toml:2:1", "s.toml:3:1", "s.toml:5:1", "s.toml:6:1",
                                              "s.toml:8:1", "s.toml:9:1", "s.toml:9:1"}))
      << testing::PrintToString(errors);
}

TEST(WrongScenarioFile, BeginsUnderAPolicyThatDoesNotCompile) {
  const auto errors = errors_of("policy = '../../tests/policies/bad/check-bootstrap.xml'\nstep = []", kFile);
  ASSERT_EQ(errors.size(), 2U);  // at one place
  EXPECT_TRUE(
      errors[0].starts_with(kFile + ":1:1: 'policy': ../../tests/policies/bad/check-bootstrap.xml:15:31: error: "))
      << errors[0];
  EXPECT_TRUE(errors[1].starts_with(kFile + ":1:1: a scenario needs")) << errors[1];
}

TEST(WrongScenarioFile, IsAFileThatIsNotThere) {
  EXPECT_EQ(read_scenario("/nowhere/s.toml").error(),
            Wrong{"/nowhere/s.toml: cannot be read (No such file or directory)"});
}

TEST(Scenario, IsReadWhole) {
  const auto scenario = parse_scenario(
      "policy = '../policies/mytest-security_policy.xml'\n"
      "[[step]]\n"
      "do = 'start'\n"
      "domain = 'a'\n"
      "label = 'A-Bank'\n"
      "disks = ['phy:vg/a', 'file@store:/b.img']\n"
      "vifs = [{}, { backend = 'nicdom', bridge = 'xenbr0', nic = 'eth0', label = 'B-Bank' }]\n"
      "pci = ['04:00.0']\n"
      "expect = 'deny'\n"
      "rule = 'chinese-wall'\n"
      "message = 'conflict'\n"
      "running = { A-Bank = 2, \"A-Bank.MarketAnalysis\" = 0 }\n",
      kFile);
  ASSERT_TRUE(scenario) << testing::PrintToString(scenario.error());
  EXPECT_EQ(scenario->name, "s");  // of the file, where none is given
  EXPECT_EQ(scenario->policy.compiled->tables.ref.name, "mytest");
  ASSERT_EQ(scenario->steps.size(), 1U);
  EXPECT_EQ(scenario->steps[0].line, 2U);

  const auto& start = std::get<Start>(scenario->steps[0].deed);
  EXPECT_EQ(start.domain.get(), "a");
  EXPECT_EQ(start.label, "A-Bank");
  ASSERT_EQ(start.devices.size(), 5U);
  const auto& own = std::get<Disk>(start.devices[0]);
  EXPECT_EQ(own.name.get() + " of " + own.backend.get(), "phy:/dev/vg/a of Domain-0");
  const auto& served = std::get<Disk>(start.devices[1]);
  EXPECT_EQ(served.name.get() + " of " + served.backend.get(), "file:/b.img of store");
  EXPECT_EQ(std::get<Vif>(start.devices[2]).backend.get(), "Domain-0");
  const auto& vif = std::get<Vif>(start.devices[3]);
  EXPECT_EQ(vif.backend.get(), "nicdom");
  EXPECT_EQ(vif.network, (monitor::Network{"xenbr0", "eth0"}));
  EXPECT_EQ(vif.label, "B-Bank");
  EXPECT_EQ(std::get<Pci>(start.devices[4]).name.get(), "pci:0000:04:00.0");

  const Expectation& expected = scenario->steps[0].expected;
  EXPECT_FALSE(expected.allowed);
  EXPECT_EQ(expected.rule, "chinese-wall");
  EXPECT_EQ(expected.message, "conflict");
  EXPECT_EQ(expected.running, (std::map<std::string, std::int64_t>{{"A-Bank", 2}, {"A-Bank.MarketAnalysis", 0}}));
}

TEST(Scenario, BeginsUnderDefaultWhereItNamesNoPolicy) {
  const auto scenario = parse_scenario(step("do = 'resetpolicy', expect = 'allow'"), "s.toml");
  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->policy.compiled->tables.ref.name, "DEFAULT");
}

}  // namespace
}  // namespace xenacm::labeltool::scenario
