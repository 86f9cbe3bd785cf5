// SPDX-License-Identifier: Apache-2.0
// labeltool addlabel, rmlabel and getlabel, with the texts of the manual (acm.md 5)
#include <sys/stat.h>
#include <sys/xattr.h>

#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using Labels = LabeltoolTable;

constexpr const char* kKinds = "the forms are dom CONFIGFILE, mgt DOMAIN, res RESOURCE and vif-INDEX DOMAIN";

TEST_F(Labels, OfAVif) {
  play({{{"getlabel", "vif-0", "client1"}, 1, "", "Error: VIF is not labeled.\n"},
        {{"addlabel", "A-Bank", "vif-0", "client1"}, 0, "Successfully labeled the VIF.\n"},
        {{"addlabel", "A-Bank", "vif-0", "client1"}, 0, "Successfully labeled the VIF.\n"},
        {{"addlabel", "B-Bank", "vif-1", "client1", "ACM:mytest"}, 0, "Successfully labeled the VIF.\n"},
        {{"getlabel", "vif-0", "client1"}, 0, "ACM:mytest:A-Bank\n"},
        {{"getlabel", "vif-01", "client1"}, 0, "ACM:mytest:B-Bank\n"},
        {{"addlabel", "B-Bank", "vif-0", "client1"},
         1,
         "",
         "Error: Could not label the VIF: vif-0 of client1 is already labeled with 'ACM:mytest:A-Bank'."},
        {{"addlabel", "No", "vif-2", "client1"}, 1, "", "Error: Could not label the VIF: Label 'No' not found."},
        {{"rmlabel", "vif-0", "client1"}, 0, "Successfully removed the label from the VIF.\n"},
        {{"rmlabel", "vif-0", "client1"}, 1, "", "Error: VIF is not labeled.\n"},
        {{"addlabel", "A-Bank", "vif-x", "client1"}, 1, "", "Error: Bad VIF index. ('vif-x'; the form is vif-INDEX"},
        {{"addlabel", "A-Bank", "vif-1024", "client1"}, 1, "", "Error: Bad VIF index. ('vif-1024'; "},
        {{"rmlabel", "vif-", "client1"}, 1, "", "Error: Bad VIF index. ('vif-'; "},
        {{"getlabel", "vif--1", "client1"}, 1, "", "Error: Bad VIF index. ('vif--1'; "}});
}

TEST_F(Labels, OfAVifStayWhileItsDomainRuns) {
  dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
  dom0.tool({"addlabel", "A-Bank", "vif-0", "client1"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  play({{{"rmlabel", "vif-0", "client1"}, 1, "", "Error: Domain 'client1' is running; "},
        {{"addlabel", "A-Bank", "vif-1", "client1"},
         1,
         "",
         "Error: Could not label the VIF: Domain 'client1' is running; "},
        {{"getlabel", "vif-0", "client1"}, 0, "ACM:mytest:A-Bank\n"}});
}

TEST_F(Labels, TakeAPolicyWithOrWithoutItsType) {
  const std::string wrong = "Error: Policy name in wrong format. ('a:b:c'; the form is [ACM:]POLICY)\n";
  const std::string config = file("a.cfg", "name = 'a'\n");
  for (const char* kind : {"mgt", "res", "dom", "vif-0"}) {
    const std::string object = std::string(kind) == "res" ? "phy:vg/a" : std::string(kind) == "dom" ? config : "a";
    play({{{"addlabel", "A-Bank", kind, object, "a:b:c"}, 1, "", wrong},
          {{"addlabel", "A-Bank", kind, object, "FLASK:mytest"}, 1, "", "Error: Unsupported policytype 'FLASK'."}});
    const Finished other = dom0.labeltool({"addlabel", "A-Bank", kind, object, "ACM:other"});
    EXPECT_EQ(other.status, 1);
    EXPECT_NE(other.err.find("Security policy (other) incompatible with enforced policy (mytest)."), std::string::npos)
        << kind << other.err;
    dom0.tool({"addlabel", "A-Bank", kind, object, kind == std::string("res") ? "mytest" : "ACM:mytest"});
  }
}

TEST_F(Labels, SayWhatIsWrongWithTheWords) {
  play({{{"addlabel", "A-Bank", "vlan", "1"},
         1,
         "",
         "Error: Need to specify either \"dom\", \"mgt\" or \"res\" as object to add label to. (not 'vlan'; " +
             std::string(kKinds) + ")\n"},
        {{"rmlabel", "all", "a"}, 1, "", "Error: Unrecognised type argument: all (" + std::string(kKinds) + ")\n"},
        {{"getlabel", "all", "a"},
         1,
         "",
         "Error: First subcommand argument must be \"dom\", \"mgt\" or \"res\". (not 'all'; " + std::string(kKinds) +
             ")\n"},
        {{"addlabel"}, 1, "", "Error: Needs either 3 or 4 arguments (label is required)\n"},
        {{"addlabel", "A-Bank", "mgt"}, 1, "", "Error: Needs either 3 or 4 arguments (object is required)\n"},
        {{"addlabel", "A-Bank", "mgt", "a", "mytest", "b"},
         1,
         "",
         "Error: Needs either 3 or 4 arguments ('b' is not understood)\n"},
        {{"rmlabel", "mgt"}, 1, "", "Error: Requires 2 arguments (object is required)\n"},
        {{"rmlabel", "mgt", "a", "b"}, 1, "", "Error: Requires 2 arguments ('b' is not understood)\n"},
        {{"getlabel", "res"}, 1, "", "Error: Requires 2 arguments (object is required)\n"},
        {{"getlabel", "res", "phy:a", "b"}, 1, "", "Error: Requires 2 arguments ('b' is not understood)\n"}});
}

TEST_F(Labels, ThatCannotBeAreRefusedInTheWordsOfTheManual) {
  dom0.tool({"addlabel", "A-Bank", "res", "phy:vg/a"});
  play(
      {{{"addlabel", "No", "mgt", "a"}, 1, "", "Error: An error occurred relabeling the domain: Label 'No' not found."},
       {{"addlabel", "No", "res", "phy:vg/b"},
        1,
        "",
        "Error: An error occurred labeling the resource: Label 'No' not found."},
       {{"addlabel", "A-Bank", "res", "disk"},
        1,
        "",
        "Error: An error occurred labeling the resource: Resource spec 'disk' contains no ':' delimiter; the form is "},
       {{"addlabel", "B-Bank", "res", "phy:vg/a"},
        1,
        "",
        "Error: 'phy:/dev/vg/a' is already labeled with 'ACM:mytest:A-Bank'"},
       {{"rmlabel", "mgt", "a"}, 1, "", "Error: Domain was not labeled.\n"},
       {{"rmlabel", "res", "phy:vg/b"}, 1, "", "Error: Resource not labeled\n"},
       {{"rmlabel", "res", "tap:/a"},
        1,
        "",
        "Error: An error occurred removing the label: Resource 'tap:/a' contains no tap"},
       {{"getlabel", "mgt", "a"}, 1, "", "Error: Domain not labeled\n"},
       {{"getlabel", "res", "phy:vg/b"}, 1, "", "Error: Resource not labeled\n"}});
}

TEST_F(Labels, OfAConfigurationKeepWhatTheFileIs) {
  const std::string config = file("a.cfg", "# mine\nmemory = 64; name = 'a'");
  const std::string link = (dom0.folder() / "link.cfg").string();
  std::filesystem::create_symlink(config, link);
  ASSERT_EQ(::chmod(config.c_str(), 0640), 0);
  ASSERT_EQ(::setxattr(config.c_str(), "user.note", "x", 1, 0), 0);
  play({{{"addlabel", "A-Bank", "dom", link}},
        {{"getlabel", "dom", link}, 0, "policytype=ACM,policy=mytest,label=A-Bank\n"},
        {{"getlabel", "mgt", "a"}, 0, "ACM:mytest:A-Bank\n"}});
  EXPECT_EQ(contents(config), "# mine\nmemory = 64; name = 'a'\naccess_control = [\"policy=mytest,label=A-Bank\"]\n");
  expect({{"rmlabel", "dom", link}});
  EXPECT_EQ(contents(config), "# mine\nmemory = 64; name = 'a'\n#access_control = [\"policy=mytest,label=A-Bank\"]\n");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(std::filesystem::status(config).permissions(), std::filesystem::perms(0640));
  EXPECT_EQ(::getxattr(config.c_str(), "user.note", nullptr, 0), 1);
}

// Every form in which xl takes an entry; what is left has none.
TEST_F(Labels, OfAConfigurationAreRemovedWhereverXlFindsThem) {
  for (const std::string text :
       {"name='a'; access_control=['policy=mytest,label=A-Bank']; memory=64\n",
        "access_control=['policy=mytest,label=A-Bank'];name='a'",
        "name='a'\naccess_control += [\n\n'policy=mytest,label=A-Bank' # ]\n]",
        "access_control = 'policy=mytest,label=A-Bank'\nname=\"a\"\n",
        "name='a'\naccess_control=['policy=mytest,label=B-Bank']\naccess_control=['policy=mytest,label=A-Bank']\n"}) {
    const std::string config = file("a.cfg", text);
    EXPECT_EQ(dom0.tool({"getlabel", "dom", config}), "policytype=ACM,policy=mytest,label=A-Bank\n") << text;
    expect({{"rmlabel", "dom", config}});
    const Finished left = dom0.labeltool({"getlabel", "dom", config});
    EXPECT_EQ(left.err, "Error: Domain not labeled\n") << contents(config);
  }
}

TEST_F(Labels, OfAConfigurationAreRefusedAndNothingIsChanged) {
  const std::string twice = "name='a'\naccess_control=['policy=p,label=a','policy=p,label=b']\n";
  const std::string dom0_config = file("dom0.cfg", "name = 'Domain-0'\n");
  const std::string dos = file("dos.cfg", "name='a'\r\n");
  play({{{"addlabel", "A-Bank", "dom", dom0_config},
         1,
         "",
         "Error: The name Domain-0 in '" + dom0_config + "' belongs to domain 0; "},
        {{"addlabel", "A-Bank", "dom", file("twice.cfg", twice)}, 1, "", "Error: "},
        {{"addlabel", "A-Bank", "dom", "none.cfg"}, 1, "", "Error: Configuration file 'none.cfg' not found.\n"},
        {{"rmlabel", "dom", "none.cfg"}, 1, "", "Error: Configuration file 'none.cfg' not found.\n"},
        {{"addlabel", "A-Bank", "dom", dos}, 1, "", dos + " has lines that end as on DOS"},
        {{"addlabel", "No", "dom", file("a.cfg", "name='a'\n")}, 1, "", "Error: Label 'No' not found."},
        {{"rmlabel", "dom", (dom0.folder() / "a.cfg").string()}, 1, "", "Error: Domain not labeled\n"},
        {{"getlabel", "mgt", "a"}, 1, "", "Error: Domain not labeled\n"},
        {{"getlabel", "mgt", "Domain-0"}, 0, "ACM:mytest:SystemManagement\n"}});
  EXPECT_EQ(contents(dom0.folder() / "twice.cfg"), twice);
  EXPECT_EQ(contents(dom0.folder() / "a.cfg"), "name='a'\n");
  EXPECT_EQ(contents(dos), "name='a'\r\n");
}

}  // namespace
}  // namespace xenacm::test
