// SPDX-License-Identifier: Apache-2.0
// labeltool as its users type it: what it prints, changes and answers (acm.md 5)
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

class Labeltool : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
  }
  std::string config(const std::string& text) const {
    const auto file = dom0.folder() / "domain.cfg";
    std::ofstream(file) << text;
    return file.string();
  }
  void fails(const std::vector<std::string>& words, const std::string& said) const {
    const Finished finished = dom0.labeltool(words);
    EXPECT_EQ(finished.status, 1);
    EXPECT_TRUE(finished.out.empty()) << finished.out;
    EXPECT_NE(finished.err.find("Error: "), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find(said), std::string::npos) << finished.err;
  }
  Dom0 dom0;
};

TEST_F(Labeltool, ListsTheLabelsInByteOrder) {
  EXPECT_EQ(dom0.tool({"labels"}),
            "A-Bank\nA-Bank.MarketAnalysis\nA-Bank.SecurityUnderwriting\nAutoCorp\nB-Bank\nSystemManagement\n__"
            "UNLABELED__\n");
  EXPECT_EQ(dom0.tool({"labels", "type=res", "mytest"}), dom0.tool({"labels", "type=any"}));
  fails({"labels", "type=dom", "type=res"}, "type is defined twice");
  fails({"labels", "type=vm"}, "Unknown label type 'vm'");
  fails({"labels", "other"}, "other");
}

TEST_F(Labeltool, ShowsThePolicy) {
  EXPECT_EQ(dom0.tool({"getpolicy"}),
            "Supported security subsystems   : ACM\n\nPolicy name           : mytest\nPolicy type           : ACM\n"
            "Version of XML policy : 1.0\nPolicy configuration  : loaded\n");
  EXPECT_NE(dom0.tool({"getpolicy", "--dumpxml"}).find("<PolicyName>mytest</PolicyName>"), std::string::npos);
}

TEST_F(Labeltool, LabelsAConfigurationAndBindsTheDomain) {
  const std::string file = config("# mine\nname = \"a\"\nmemory = 64");
  EXPECT_EQ(dom0.tool({"addlabel", "A-Bank", "dom", file}), "");
  EXPECT_EQ(contents(file), "# mine\nname = \"a\"\nmemory = 64\naccess_control = [\"policy=mytest,label=A-Bank\"]\n");
  EXPECT_EQ(dom0.tool({"getlabel", "dom", file}), "policytype=ACM,policy=mytest,label=A-Bank\n");
  EXPECT_EQ(dom0.tool({"getlabel", "mgt", "a"}), "ACM:mytest:A-Bank\n");
  fails({"addlabel", "B-Bank", "dom", file}, "is already labeled");
  EXPECT_EQ(dom0.tool({"rmlabel", "dom", file}), "");
  EXPECT_EQ(contents(file), "# mine\nname = \"a\"\nmemory = 64\n#access_control = [\"policy=mytest,label=A-Bank\"]\n");
  fails({"getlabel", "mgt", "a"}, "Domain not labeled");
  fails({"rmlabel", "dom", file}, "Domain not labeled");
}

TEST_F(Labeltool, LabelsTheExampleConfigurations) {
  for (const char* example : {"nicdom", "client"}) {
    const std::string file = config(contents(XENACM_SOURCE_DIR "/examples/domains/" + std::string(example) + ".cfg"));
    dom0.tool({"addlabel", "A-Bank", "dom", file});
    EXPECT_EQ(dom0.tool({"getlabel", "mgt", example}), "ACM:mytest:A-Bank\n");
  }
}

TEST_F(Labeltool, AFailedLabellingLeavesFileAndLedgerAsTheyWere) {
  const std::string text = "name = \"a\"\n";
  const std::string file = config(text);
  fails({"addlabel", "No-Such", "dom", file}, "Label 'No-Such' not found.");
  EXPECT_EQ(contents(file), text);
  fails({"getlabel", "mgt", "a"}, "Domain not labeled");
  const auto left = std::filesystem::directory_iterator(dom0.folder());
  EXPECT_TRUE(std::ranges::none_of(
      left, [](const auto& entry) { return entry.path().string().find("domain.cfg.") != std::string::npos; }));
  fails({"addlabel", "A-Bank", "dom", file + ".none"}, "not found");
  fails({"addlabel", "A-Bank", "dom", config("name = [\n")}, "Invalid config file");
  fails({"addlabel", "A-Bank", "dom", config("memory = 1\n")}, "no name");
}

TEST_F(Labeltool, LabelsDomainsAndResources) {
  EXPECT_EQ(dom0.tool({"addlabel", "A-Bank", "mgt", "a b"}),
            "Successfully set the label of the dormant domain 'a b' to 'A-Bank'.\n");
  EXPECT_EQ(dom0.tool({"getlabel", "mgt", "a b"}), "ACM:mytest:A-Bank\n");
  EXPECT_EQ(dom0.tool({"rmlabel", "mgt", "a b"}), "Successfully removed label from domain a b.\n");
  EXPECT_EQ(dom0.tool({"addlabel", "A-Bank", "res", "file:/vm/a img"}), "");
  EXPECT_EQ(dom0.tool({"resources"}), "file:/vm/a img\n      type: ACM\n    policy: mytest\n     label: A-Bank\n");
  EXPECT_EQ(dom0.tool({"getlabel", "res", "file:/vm/./a img"}), "ACM:mytest:A-Bank\n");
  fails({"addlabel", "B-Bank", "res", "file:/vm/a img"}, "already labeled with 'ACM:mytest:A-Bank'");
  EXPECT_EQ(dom0.tool({"rmlabel", "res", "file:/vm/a img"}), "");
  fails({"rmlabel", "res", "file:/vm/a img"}, "Resource not labeled");
  fails({"addlabel", "A-Bank", "res", "nfs:/a"}, "unknown kind 'nfs'");
  fails({"addlabel", "A-Bank", "res", "file:/" + std::string(5000, 'a')}, "longer than");
  fails({"addlabel", "A-Bank", "mgt", std::string(300, 'a')}, "255");
  fails({"addlabel", "A-Bank", "vif", "a"}, "Need to specify");
  fails({"getlabel", "x", "a"}, "must be");
}

TEST_F(Labeltool, RefusesAPolicyWithEveryFaultByFileLineAndColumn) {
  const std::string before = dom0.tool({"getpolicy"});
  const std::string file = XENACM_SOURCE_DIR "/tests/policies/bad/everything-at-once.xml";
  const Finished finished = dom0.labeltool({"setpolicy", "ACM", file});
  EXPECT_EQ(finished.status, 1);
  EXPECT_GT(std::ranges::count(finished.err, '\n'), 3) << finished.err;
  EXPECT_NE(finished.err.find(file + ":5:14: error: "), std::string::npos) << finished.err;
  EXPECT_EQ(dom0.tool({"getpolicy"}), before);
  fails({"setpolicy", "ACM", "no.such"},
        "Could not read policy file: /etc/xen/acm-security/policies/no/such-security_policy.xml");
  fails({"setpolicy", "ACM", std::string(300, 'x')}, "");
  fails({"setpolicy", "FLASK", "mytest"}, "Unsupported policytype 'FLASK'.");
}

TEST_F(Labeltool, PrintsJsonForEveryCommandThatReads) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"labels", "--json"},
                                             {"getpolicy", "--json"},
                                             {"resources", "--json"},
                                             {"list", "--label", "--json"},
                                             {"audit", "--json"},
                                             {"status", "--json"},
                                             {"mode", "--json"},
                                             {"addlabel", "A-Bank", "mgt", "a", "--json"},
                                             {"getlabel", "mgt", "a", "--json"},
                                             {"rmlabel", "mgt", "a", "--json"}}) {
    EXPECT_TRUE(nlohmann::json::accept(dom0.tool(words))) << words[0];
  }
}

TEST_F(Labeltool, ListsWhatTheHypervisorHasInTheOrderOfTheLabels) {
  const std::string list = dom0.tool({"list", "--label"});
  EXPECT_EQ(list.find("Name                                        ID   Mem VCPUs      State  Time(s) Label\n"), 0u)
      << list;
  EXPECT_NE(list.find("Domain-0 "), std::string::npos);
  EXPECT_NE(list.find("ACM:mytest:SystemManagement\n"), std::string::npos);
}

TEST_F(Labeltool, SaysInPlainWordsThatTheDaemonIsNotThere) {
  dom0.stop();
  fails({"labels"}, "acm-enforcerd is not running");
}

TEST_F(Labeltool, ShowsHowItIsUsedWhereItIsNotUnderstood) {
  fails({"frobnicate"}, "frobnicate");
  fails({"addlabel", "A-Bank"}, "Usage: ");
  EXPECT_EQ(dom0.labeltool({"--help"}).status, 0);
  EXPECT_EQ(dom0.labeltool({"addlabel", "--help"}).status, 0);
}

}  // namespace
}  // namespace xenacm::test
