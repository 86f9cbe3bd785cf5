// SPDX-License-Identifier: Apache-2.0
// labeltool resetpolicy, dumppolicy and status: the policy as a whole (acm.md 4.2, 5, 8)
#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using PolicyTool = LabeltoolTable;

TEST_F(PolicyTool, ResetsThePolicyAndInvalidatesItsLabels) {
  dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
  dom0.tool({"addlabel", "A-Bank", "res", "phy:vg/a"});
  play({{{"resetpolicy"}, 0, "Successfully reset the system's policy.\n"},
        {{"labels"}, 0, "SystemManagement\n"},
        {{"getlabel", "mgt", "Domain-0"}, 0, "ACM:DEFAULT:SystemManagement\n"},
        {{"getlabel", "mgt", "client1"}, 0, "INV_ACM:mytest:A-Bank\n"},
        {{"getlabel", "res", "phy:vg/a"}, 0, "INV_ACM:mytest:A-Bank\n"},
        {{"resetpolicy"}, 0, "Successfully reset the system's policy.\n"}});
}

TEST_F(PolicyTool, DoesNotResetThePolicyWhileALabelledDomainRuns) {
  dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  const Finished finished = dom0.labeltool({"resetpolicy"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_TRUE(finished.err.starts_with("label: ")) << finished.err;
  EXPECT_NE(finished.err.find("client1"), std::string::npos) << finished.err;
  EXPECT_TRUE(finished.err.ends_with("\nError: Could not reset the system's policy. Try to halt all guests.\n"))
      << finished.err;
  EXPECT_EQ(nlohmann::json::parse(dom0.tool({"getpolicy", "--json"}))["name"], "mytest");
}

TEST_F(PolicyTool, ShowsWhatAnUpdateWouldChangeAndSetsNothing) {
  const Finished asked = dom0.labeltool({"setpolicy", "ACM", kUpdate, "--dry-run"});
  EXPECT_EQ(asked.status, 0) << asked.err;
  EXPECT_TRUE(asked.out.starts_with("mytest 1.0 -> mytest 1.1\n")) << asked.out;
  EXPECT_NE(asked.out.find("\nALLOWED  setpolicy of " + std::string(kUpdate)), std::string::npos) << asked.out;

  dom0.tool({"addlabel", "AutoCorp", "mgt", "client1"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  const Finished again = dom0.labeltool({"setpolicy", "ACM", kUpdate, "--dry-run", "--json"});
  EXPECT_EQ(nlohmann::json::parse(again.out).at("difference").at("newer").at("version"), "1.1");
  EXPECT_EQ(nlohmann::json::parse(dom0.tool({"getpolicy", "--json"}))["version"], "1.0");
}

TEST_F(PolicyTool, GoesBackToAnEarlierPolicyWithTheLabelsNamesOfThen) {
  dom0.tool({"addlabel", "A-Bank.MarketAnalysis", "mgt", "client1"});
  dom0.tool({"addlabel", "A-Bank.SecurityUnderwriting", "res", "phy:vg/a"});
  dom0.tool({"setpolicy", "ACM", kUpdate});
  dom0.tool({"addlabel", "A-Bank-WL", "mgt", "client2"});
  play({{{"getlabel", "mgt", "client1"}, 0, "ACM:mytest:A-Bank.MA\n"}});
  const Finished gone_back = dom0.labeltool({"policy", "rollback"});
  EXPECT_EQ(gone_back.status, 0) << gone_back.err;
  EXPECT_TRUE(gone_back.out.starts_with("Went back to policy 2 of the history.\n")) << gone_back.out;
  play({{{"getlabel", "mgt", "client1"}, 0, "ACM:mytest:A-Bank.MarketAnalysis\n"},
        {{"getlabel", "res", "phy:vg/a"}, 0, "ACM:mytest:A-Bank.SecurityUnderwriting\n"},
        {{"getlabel", "mgt", "client2"}, 0, "INV_ACM:mytest:A-Bank-WL\n"}});
  dom0.tool({"policy", "rollback", "3"});
  play({{{"getlabel", "mgt", "client1"}, 0, "ACM:mytest:A-Bank.MA\n"}});
}

TEST_F(PolicyTool, DoesNotGoBackWhereWhatRunsSpeaksAgainstIt) {
  dom0.tool({"setpolicy", "ACM", kUpdate});
  dom0.tool({"addlabel", "A-Bank-WL", "mgt", "client1"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  const Finished refused = dom0.labeltool({"policy", "rollback", "--force"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("client1"), std::string::npos) << refused.err;
  EXPECT_EQ(nlohmann::json::parse(dom0.tool({"getpolicy", "--json"}))["version"], "1.1");
}

TEST_F(PolicyTool, TellsWhichPoliciesWereInForceAndWhoSetThem) {
  dom0.tool({"setpolicy", "ACM", kUpdate});
  const std::string history = dom0.tool({"policy", "history"});
  EXPECT_TRUE(history.starts_with("   1  DEFAULT 1.0 ")) << history;
  EXPECT_NE(history.find("\n   3  mytest 1.1 "), std::string::npos) << history;
  EXPECT_TRUE(history.ends_with("; in force\n")) << history;
  EXPECT_EQ(dom0.tool({"policy", "show", "3"}), contents(kUpdate));
  play({{{"policy", "show", "7"}, 1, "", "Error: The policy history has no number 7.\n"},
        {{"policy", "show", "x"}, 1, "", "Error: 'x' is no number of the policy history\n"}});
}

TEST_F(PolicyTool, TakesTheMeaningFromManyLabelsOnlyByForce) {
  for (const std::string name : {"a", "b"}) dom0.tool({"addlabel", "__UNLABELED__", "mgt", name});
  dom0.tool({"addlabel", "A-Bank", "mgt", "c"});
  const Finished refused = dom0.labeltool({"setpolicy", "ACM", kUpdate});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("The policy would take the meaning from the labels of 2 of 3 domains and 0 of 0 resources "
                             "(a, b); more than 50 % of either needs --force."),
            std::string::npos)
      << refused.err;
  dom0.tool({"setpolicy", "ACM", kUpdate, "--force"});
  play({{{"getlabel", "mgt", "a"}, 0, "INV_ACM:mytest:__UNLABELED__\n"}});
}

TEST_F(PolicyTool, TakesNoWordsWhereTheManualHasNone) {
  play({{{"resetpolicy", "now"}, 1, "", "Error: No arguments expected. ('now' is not understood)\n"},
        {{"dumppolicy", "mytest"}, 1, "", "Error: No arguments expected. ('mytest' is not understood)\n"},
        {{"resetpolicy", "--force"}, 1, "", "Error: '--force' is not understood\n"}});
  EXPECT_EQ(nlohmann::json::parse(dom0.tool({"getpolicy", "--json"}))["name"], "mytest");
}

TEST_F(PolicyTool, DumpsTheTablesWithWhatIsCounted) {
  dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  const std::string dump = dom0.tool({"dumppolicy"});
  EXPECT_TRUE(dump.starts_with("POLICY REFERENCE = mytest.\nPolicyVer = 1.0.\nDigest = ")) << dump;
  EXPECT_NE(dump.find("\nChinese Wall policy:\n====================\n\n"
                      "   ssidref 0:  00 00 00 00 00 00 01 \n"
                      "   ssidref 1:  00 00 00 00 00 01 00  <-- Domain-0\n"
                      "   ssidref 2:  01 00 00 00 00 00 00 \n"
                      "   ssidref 3:  01 01 00 00 00 00 00 \n"
                      "   ssidref 4:  01 00 01 00 00 00 00 \n"
                      "   ssidref 5:  00 00 00 01 00 00 00 \n"
                      "   ssidref 6:  00 00 00 00 01 00 00 \n"
                      "\nConflict Sets:\n"
                      "   c-set 0:    01 00 00 00 01 00 01 \n"
                      "   c-set 1:    00 01 01 00 00 00 01 \n"
                      "\nRunning Types:\n"
                      "               01 00 00 00 00 01 00 \n"
                      "\nConflict Aggregate Set:\n"
                      "               00 00 00 00 01 00 01 \n"),
            std::string::npos)
      << dump;
  EXPECT_NE(dump.find("\nRows, ssidref (labels):\n      0  __UNLABELED__  "), std::string::npos) << dump;
}

TEST_F(PolicyTool, StatusNamesWhatHasNoLabelAndWhatWouldHaveBeenRefused) {
  dom0.tool({"mode", "permissive"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  ASSERT_TRUE(xl.create(2, "client2"));
  ASSERT_TRUE(xl.attach_image(2, "/nonexistent/a.img"));
  const nlohmann::json unlabelled = dom0.status()["unlabelled"];
  EXPECT_EQ(unlabelled["domains"], nlohmann::json({"client1", "client2"}));
  EXPECT_EQ(unlabelled["resources"], nlohmann::json({"file:/nonexistent/a.img"}));
  const std::string text = dom0.tool({"status"});
  EXPECT_NE(text.find("unlabelled         : 2 domains: client1, client2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("refused so far     : would have been: "), std::string::npos) << text;
  EXPECT_NE(text.find("-> Domain-0"), std::string::npos) << "the latest is the disk's link: " << text;
  const nlohmann::json shown = nlohmann::json::parse(dom0.tool({"status", "--json"}));
  EXPECT_EQ(shown["refusals"]["latest"]["decision"], "would-deny");
  EXPECT_TRUE(shown["lines"]["hooks"].is_array());
}

TEST_F(PolicyTool, ExaminesNoHostThatHasNoXen) {
  const Finished finished = dom0.labeltool({"doctor"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_TRUE(finished.err.starts_with("Error: this is not Domain-0 of a Xen host")) << finished.err;
}

TEST_F(PolicyTool, CountsTheVerdictsInStatus) {
  dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
  dom0.tool({"addlabel", "B-Bank", "mgt", "domain2"});
  const nlohmann::json before = dom0.status()["verdicts"];
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  ASSERT_FALSE(xl.create(2, "domain2"));
  dom0.tool({"mode", "permissive"});
  ASSERT_TRUE(xl.create(3, "domain2"));
  const nlohmann::json after = dom0.status()["verdicts"];
  EXPECT_EQ(after["deny"].get<int>(), before["deny"].get<int>() + 1);
  EXPECT_EQ(after["would_deny"].get<int>(), before["would_deny"].get<int>() + 1);
  const std::string line = "verdicts           : " + after["allow"].dump() + " allowed, " + after["deny"].dump() +
                           " denied, " + after["would_deny"].dump() + " would have been denied\n";
  EXPECT_NE(dom0.tool({"status"}).find(line), std::string::npos) << dom0.tool({"status"}) << line;
}

TEST_F(PolicyTool, ListsADomainWithoutALabelAsTheManualDoes) {
  dom0.tool({"addlabel", "AutoCorp", "mgt", "client2"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "plain"));
  ASSERT_TRUE(xl.create(2, "client2"));
  const std::string list = dom0.tool({"list", "--label"});
  const auto row = [&](const std::string& name, const std::string& label) {
    const std::size_t at = list.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << list;
    const std::string line = list.substr(at + 1, list.find('\n', at + 1) - at - 1);
    EXPECT_TRUE(line.ends_with(" " + label)) << line;
    return at;
  };
  const std::size_t plain = row("plain", "ACM:mytest:__UNLABELED__");
  EXPECT_LT(plain, row("client2", "ACM:mytest:AutoCorp"))
      << "by label, ignoring case: '_' is before letters in lower case";
  EXPECT_LT(row("client2", "ACM:mytest:AutoCorp"), row("Domain-0", "ACM:mytest:SystemManagement"));
}

}  // namespace
}  // namespace xenacm::test
