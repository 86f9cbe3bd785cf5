// SPDX-License-Identifier: Apache-2.0
// labeltool whatif: what would be decided, and nothing done
#include <optional>

#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

constexpr const char* kForms = "; the forms are attach DOMAIN vif ";

class WhatIf : public LabeltoolTable {
 protected:
  void SetUp() override {
    LabeltoolTable::SetUp();
    for (const auto& [name, label] :
         {std::pair{"nicdom", "A-Bank"}, {"client1", "A-Bank"}, {"client2", "AutoCorp"}, {"domain2", "B-Bank"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
    dom0.tool({"addlabel", "A-Bank", "res", "phy:vg/a"});
    dom0.tool({"addlabel", "AutoCorp", "res", "phy@nicdom:/dev/c"});
    dom0.tool({"addlabel", "A-Bank", "res", "pci:04:00.0"});
    dom0.tool({"addlabel", "B-Bank", "res", "bridge:xenbr1"});
    xl.emplace(dom0.xenstored());
    for (const auto& [domid, name] : {std::pair{1U, "nicdom"}, {2U, "client1"}, {3U, "client2"}}) {
      ASSERT_TRUE(xl->create(domid, name));
    }
  }
  std::optional<Toolstack> xl;  // once the gate is in its place
};

TEST_F(WhatIf, SomethingWereAttached) {
  play({{{"whatif", "attach", "client1", "vif", "backend=nicdom"}, 0, "ALLOWED  vif link client1 -> nicdom\n"},
        {{"whatif", "attach", "client1", "vif"}, 0, "ALLOWED  vif link client1 -> Domain-0\n"},
        {{"whatif", "attach", "client1", "disk", "phy:vg/a"}, 0, "ALLOWED  vbd link client1 -> Domain-0 (phy:vg/a)\n"},
        {{"whatif", "attach", "client1", "pci", "04:00.0"}, 0, "ALLOWED  pci link client1 -> Domain-0 (04:00.0)\n"},
        {{"whatif", "attach", "client1", "9pfs", "backend=nicdom"}, 0, "ALLOWED  9pfs link client1 -> nicdom\n"},
        {{"whatif", "attach", "client2", "vif", "backend=nicdom", "bridge=xenbr0", "index=1"},
         1,
         "DENIED   vif link client2 -> nicdom\n"
         "rule     ste: the two labels share no STE type\n"
         "client2  AutoCorp  {AutoCorp}  mytest 1.0, line 144\n"
         "nicdom   A-Bank    {A-Bank}    mytest 1.0, line 98\n"
         "to allow connect client2 to a backend that carries AutoCorp, or give both labels a common type\n"},
        {{"whatif", "attach", "client2", "disk", "phy:vg/a"},
         1,
         "DENIED   vbd link client2 -> Domain-0 (phy:vg/a)\n"
         "rule     resource: VM's access to block device 'phy:/dev/vg/a' denied\n"
         "client2        AutoCorp  {AutoCorp}  mytest 1.0, line 144\n"
         "phy:/dev/vg/a  A-Bank    {A-Bank}    mytest 1.0, line 171\n"
         "to allow labeltool rmlabel res phy:/dev/vg/a, then label phy:/dev/vg/a with a label that shares a type with "
         "AutoCorp\n"}});
}

TEST_F(WhatIf, ADeniedDeviceIsExplainedWhateverItIs) {
  for (const std::vector<std::string>& device :
       std::vector<std::vector<std::string>>{{"vif", "bridge=xenbr1"},
                                             {"disk", "phy:/dev/c", "backend=nicdom"},
                                             {"pci", "0000:04:00.1"},
                                             {"9pfs", "backend=client2"}}) {
    std::vector<std::string> words{"whatif", "attach", "client1"};
    words.insert(words.end(), device.begin(), device.end());
    const Finished finished = dom0.labeltool(words);
    EXPECT_EQ(finished.status, 1) << device[0] << finished.out << finished.err;
    EXPECT_TRUE(finished.out.starts_with("DENIED   ")) << finished.out;
    EXPECT_NE(finished.out.find("\nrule     "), std::string::npos) << finished.out;
    EXPECT_NE(finished.out.find("\nto allow "), std::string::npos) << finished.out;
  }
}

TEST_F(WhatIf, ADomainWereStarted) {
  play({{{"whatif", "start", file("client3.cfg", "name = 'client3'\n")},
         1,
         "DENIED   start of client3\n"
         "rule     chinese-wall: conflict set RER {A-Bank, B-Bank, __UNLABELED__}      mytest 1.0, line 51\n"
         "client3  __UNLABELED__  [__UNLABELED__]  mytest 1.0, line 88\n"
         "holds    A-Bank x 2: nicdom (A-Bank), client1 (A-Bank)\n"
         "to allow stop nicdom, client1, or start client3 on another host\n"}});
  dom0.tool({"addlabel", "AutoCorp", "mgt", "client3"});
  expect({{"whatif", "start", (dom0.folder() / "client3.cfg").string()}, 0, "ALLOWED  start of client3\n"});
}

TEST_F(WhatIf, APolicyWereSet) {
  play({{{"whatif", "setpolicy", kUpdate},
         0,
         "ALLOWED  setpolicy of " + std::string(kUpdate) + "\n",
         std::string(kUpdate) + ":"},
        {{"whatif", "setpolicy", "no.such"}, 1, "", "Error: Could not read policy file: "}});
  EXPECT_EQ(nlohmann::json::parse(dom0.tool({"getpolicy", "--json"}))["version"], "1.0") << "it was only asked";
}

TEST_F(WhatIf, APolicyThatCannotBeSetIsToldWithItsFaults) {
  const std::string bad = XENACM_SOURCE_DIR "/tests/policies/bad/everything-at-once.xml";
  const Finished finished = dom0.labeltool({"whatif", "setpolicy", bad});
  EXPECT_EQ(finished.status, 1);
  EXPECT_TRUE(finished.err.starts_with(bad + ":")) << finished.err;
  EXPECT_NE(finished.err.find("\nError: "), std::string::npos);
  std::string old = contents(kUpdate);
  old.replace(old.find("<Version>1.1<"), 13, "<Version>0.9<");
  const Finished version = dom0.labeltool({"whatif", "setpolicy", file("old.xml", old)});
  EXPECT_EQ(version.status, 1);
  EXPECT_NE(version.err.find("Error: The version of the policy prevents an update: "), std::string::npos)
      << version.err;
}

TEST_F(WhatIf, PermissiveModeLetsItHappenAndSaysWhatItWouldRecord) {
  dom0.tool({"mode", "permissive"});
  const Finished finished = dom0.labeltool({"whatif", "attach", "client2", "vif", "backend=nicdom"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_TRUE(finished.out.starts_with("WOULD BE DENIED vif link client2 -> nicdom\nrule     ste: ")) << finished.out;
  EXPECT_TRUE(finished.out.ends_with("\nPermissive mode: it would be done all the same, and recorded.\n"))
      << finished.out;
}

TEST_F(WhatIf, NothingIsDone) {
  const std::string before = dom0.tool({"audit", "--json"});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"whatif", "attach", "client1", "vif", "backend=nicdom"},
                                             {"whatif", "attach", "client2", "disk", "phy:vg/a"},
                                             {"whatif", "start", file("client4.cfg", "name='client4'\n")},
                                             {"whatif", "setpolicy", kUpdate}}) {
    (void)dom0.labeltool(words);
  }
  EXPECT_EQ(dom0.tool({"audit", "--json"}), before);
  EXPECT_EQ(dom0.status()["links"], 0);
}

TEST_F(WhatIf, WordsThatAreWrongAreNamedAndTheFormsShown) {
  play(
      {{{"whatif"}, 1, "", "Error: question is required\n"},
       {{"whatif", "stop", "a"},
        1,
        "",
        "Error: Unknown question 'stop'; the forms are start CONFIGFILE, attach DOMAIN DEVICE and setpolicy POLICY\n"},
       {{"whatif", "start"}, 1, "", "Error: whatif start needs one word, the form is whatif start CONFIGFILE\n"},
       {{"whatif", "start", "a", "b"}, 1, "", "Error: whatif start needs one word, "},
       {{"whatif", "start", "none.cfg"}, 1, "", "Error: Configuration file 'none.cfg' not found.\n"},
       {{"whatif", "setpolicy"},
        1,
        "",
        "Error: whatif setpolicy needs one word, the form is whatif setpolicy POLICY\n"},
       {{"whatif", "attach"}, 1, "", std::string("Error: attach needs the name of a domain that runs") + kForms},
       {{"whatif", "attach", "client1", "vif", "index=x"}, 1, "", std::string("Error: Bad VIF index. ('x')") + kForms},
       {{"whatif", "attach", "client1", "9pfs"}, 1, "", std::string("Error: '9pfs' needs backend=NAME") + kForms},
       {{"whatif", "attach", "nobody", "vif"}, 1, "", "Error: Domain 'nobody' does not run.\n"},
       {{"whatif", "attach", "client1", "vif", "backend=nobody"},
        1,
        "",
        "Error: the backend domain 'nobody' does not run\n"},
       {{"whatif", "attach", "client1", "disk", "nonsense"}, 1, "", "Error: Resource spec 'nonsense' contains no ':' "},
       {{"whatif", "attach", "client1", "pci", "x"},
        1,
        "",
        "Error: Resource 'pci:x' has no PCI address; the form is "}});
}

}  // namespace
}  // namespace xenacm::test
