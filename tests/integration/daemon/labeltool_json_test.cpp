// SPDX-License-Identifier: Apache-2.0
// What holds for every command: JSON where it is asked for, help, and 0 or 1 for an exit status
#include <algorithm>
#include <set>
#include <sstream>

#include "tests/integration/daemon/labeltool_table.h"

namespace xenacm::test {
namespace {

using Line = std::vector<std::string>;

class EveryCommand : public LabeltoolTable {
 protected:
  // One after the other: later lines find what earlier ones did.
  [[nodiscard]] std::vector<Line> lines() const {
    const std::string config = file("a.cfg", "name = 'a'\n");
    const std::string unlabelled = file("b.cfg", "name = 'b'\n");
    return {{"getpolicy"},
            {"getpolicy", "--dumpxml"},
            {"dumppolicy"},
            {"labels", "type=any"},
            {"checkpolicy", kMytest},
            {"addlabel", "A-Bank", "dom", config},
            {"getlabel", "dom", config},
            {"rmlabel", "dom", config},
            {"addlabel", "A-Bank", "mgt", "a"},
            {"getlabel", "mgt", "a"},
            {"rmlabel", "mgt", "a"},
            {"addlabel", "A-Bank", "vif-0", "a"},
            {"getlabel", "vif-0", "a"},
            {"rmlabel", "vif-0", "a"},
            {"addlabel", "A-Bank", "res", "phy:vg/a"},
            {"getlabel", "res", "phy:vg/a"},
            {"resources"},
            {"resources", "--check"},
            {"resources", "--repair"},
            {"rmlabel", "res", "phy:vg/a"},
            {"list"},
            {"list", "--label"},
            {"dry-run", unlabelled},
            {"whatif", "start", unlabelled},
            {"whatif", "attach", "Domain-0", "vif"},
            {"whatif", "setpolicy", kUpdate},
            {"mode"},
            {"mode", "permissive"},
            {"mode", "enforcing", "--label", "A-Bank"},
            {"status"},
            {"audit"},
            {"audit", "verify"},
            {"audit", "key"},
            {"audit", "summary"},
            {"audit", "graph", "--denied"},
            {"import", "--dry-run", kMytest},
            {"setpolicy", "ACM", kUpdate, "--dry-run"},
            {"diffpolicy", kUpdate, kUpdate},
            {"setpolicy", "ACM", kUpdate},
            {"policy", "history"},
            {"policy", "show", "1"},
            {"policy", "rollback", "2"},
            {"resetpolicy"}};
  }
};

TEST_F(EveryCommand, PrintsJsonAndNothingElseWhereAsked) {
  for (Line line : lines()) {
    line.emplace_back("--json");
    const Finished finished = dom0.labeltool(line);
    EXPECT_LE(finished.status, 1) << line[0];
    EXPECT_TRUE(nlohmann::json::accept(finished.out)) << line[0] << " " << line[1] << finished.out << finished.err;
  }
}

TEST_F(EveryCommand, PrintsTheVerdictAsJsonAlsoWhereItIsADenial) {
  const std::string config = file("a.cfg", "name = 'a'\naccess_control = ['policy=old,label=x']\n");
  for (const Line& line : {Line{"dry-run", config, "--json"}, {"whatif", "start", config, "--json"}}) {
    const Finished finished = dom0.labeltool(line);
    EXPECT_EQ(finished.status, 1) << line[0];
    ASSERT_TRUE(nlohmann::json::accept(finished.out)) << finished.out;
    EXPECT_EQ(nlohmann::json::parse(finished.out)["verdict"]["decision"], "deny");
  }
  EXPECT_EQ(nlohmann::json::parse(dom0.labeltool({"dry-run", config, "--json"}).out)["passed"], false);
}

TEST_F(EveryCommand, SaysInPlainWordsThatTheDaemonIsNotThere) {
  const std::set<std::string> alone{"checkpolicy", "diffpolicy"};
  const std::vector<Line> all = lines();
  dom0.stop();
  for (const Line& line : all) {
    if (alone.contains(line[0])) continue;
    const Finished finished = dom0.labeltool(line);
    EXPECT_EQ(finished.status, 1) << line[0];
    EXPECT_EQ(finished.out, "") << line[0];
    EXPECT_TRUE(finished.err.starts_with("Error: ")) << finished.err;
    EXPECT_NE(finished.err.find("acm-enforcerd is not running (nobody serves "), std::string::npos) << finished.err;
  }
}

TEST_F(EveryCommand, HasAHelpThatNamesItsWords) {
  const Finished top = dom0.labeltool({"--help"});
  EXPECT_EQ(top.status, 0);
  EXPECT_NE(top.out.find("\nExit status:\n  0  done, allowed, PASSED\n  1  "), std::string::npos) << top.out;
  std::istringstream text(top.out.substr(top.out.find("Subcommands:\n") + 13));
  std::size_t commands = 0;
  for (std::string line; std::getline(text, line) && line.starts_with("  "); ++commands) {
    const std::string command = line.substr(2, line.find(' ', 2) - 2);
    const Finished help = dom0.labeltool({command, "--help"});
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_NE(help.out.find("labeltool " + command), std::string::npos) << help.out;
    EXPECT_NE(help.out.find("--json"), std::string::npos) << command;
    const Finished misused = dom0.labeltool({command, "--frobnicate"});
    EXPECT_EQ(misused.status, 1) << command;
    EXPECT_TRUE(misused.err.starts_with("Error: ")) << misused.err;
    EXPECT_NE(misused.err.find("Usage: "), std::string::npos) << misused.err;
  }
  EXPECT_GE(commands, 18U) << top.out;
}

TEST_F(EveryCommand, ThatReadsNamesTheWordThatIsWrong) {
  play({{{"mode", "off"}, 1, "", "Error: Unknown mode 'off'; the modes are enforcing and permissive\n"},
        {{"mode", "enforcing", "--label", "No"}, 1, "", "Error: Label 'No' not found."},
        {{"audit", "--limit", "0"}, 1, "", "Error: --limit: Value 0 not in range"},
        {{"audit", "--limit", "x"}, 1, "", "Error: "},
        {{"audit", "--rule", "none"}, 1, "", "Error: there is no rule 'none'; there are label, authorization, "},
        {{"audit", "--toolstack", "xm"}, 1, "", "Error: there is no toolstack 'xm'; there are xl, libvirt, xapi\n"},
        {{"audit", "--resource", "nonsense"}, 1, "", "Error: Resource spec 'nonsense' contains no ':' "},
        {{"audit", "suggest"}, 1, "", "Error: Nothing was refused so far.\n"},
        {{"audit", "suggest", "1"}, 1, "", "Error: Record 1 is no refusal: nothing needs to be allowed.\n"},
        {{"audit", "graph", "--svg", "--json"}, 1, "", "Error: --json prints the graph as JSON, "},
        {{"audit", "now"}, 1, "", "Error: 'now' is not understood\n"},
        {{"why", "x"}, 1, "", "Error: Could not convert: record = x\n"},
        {{"why", "999999"}, 1, "", "Error: There is no audit record 999999.\n"},
        {{"why"}, 1, "", "Error: Nothing was refused so far.\n"},
        {{"list", "all"}, 1, "", "Error: 'all' is not understood\n"},
        {{"status", "all"}, 1, "", "Error: 'all' is not understood\n"},
        {{"getpolicy", "mytest"}, 1, "", "Error: 'mytest' is not understood\n"},
        {{"setpolicy", "FLASK", "x"}, 1, "", "Error: Unsupported policytype 'FLASK'.\n"},
        {{"frobnicate"}, 1, "", "Error: 'frobnicate' is not understood\n"},
        {{}, 1, "", "Error: a command is needed\n"}});
}

}  // namespace
}  // namespace xenacm::test
