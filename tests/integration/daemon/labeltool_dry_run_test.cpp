// SPDX-License-Identifier: Apache-2.0
// labeltool dry-run: the manual's layout, the daemon's verdict (acm.md 5, dry-run; decisions.md 1)
#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

class DryRun : public LabeltoolTable {
 protected:
  void SetUp() override {
    LabeltoolTable::SetUp();
    dom0.tool({"addlabel", "A-Bank", "mgt", "client1"});
    dom0.tool({"addlabel", "B-Bank", "mgt", "domain2"});
    dom0.tool({"addlabel", "A-Bank", "res", "phy:/dev/vg/a"});
    dom0.tool({"addlabel", "B-Bank", "res", "file:/vm/b.img"});
    dom0.tool({"addlabel", "__INACCESSIBLE__", "res", "file:/vm/c.img"});
  }
  [[nodiscard]] std::string config(const std::string& name, const std::string& rest = "") const {
    return file(name + ".cfg", "name = \"" + name + "\"\n" + rest);
  }
};

TEST_F(DryRun, OfADomainThatMayStart) {
  expect({{"dry-run", config("client1",
                             "disk = ['phy:/dev/vg/a,xvda,w', 'phy:/dev/vg/./a,xvdb,r']\n"
                             "vif = ['bridge=xenbr0']\n")},
          0,
          "Checking domain:\n"
          "   client1: PERMITTED\n"
          "Checking resources:\n"
          "   phy:/dev/vg/a: PERMITTED\n"
          "   phy:/dev/vg/./a: PERMITTED\n"
          "   bridge=xenbr0: PERMITTED\n"
          "Dry Run: PASSED\n"});
}

TEST_F(DryRun, OfADomainWithoutDevices) {
  expect({{"dry-run", config("client1")},
          0,
          "Checking domain:\n   client1: PERMITTED\nChecking resources:\nDry Run: PASSED\n"});
}

TEST_F(DryRun, OfADomainWithoutALabelIsPermittedWhereThePolicyHasOneForIt) {
  expect({{"dry-run", config("anyone", "disk = ['file:/etc/passwd,xvda,w']\n")},
          0,
          "Checking domain:\n   anyone: PERMITTED\nChecking resources:\n   file:/etc/passwd: PERMITTED\nDry Run: "
          "PASSED\n"});
}

TEST_F(DryRun, NamesBothLabelsWhereAResourceRefuses) {
  expect({{"dry-run", config("client1",
                             "disk = ['file:/vm/b.img,xvda,w', 'file:/etc/passwd,xvdb,w', 'phy:/dev/vg/a,xvdc,w',\n"
                             "        'file:/vm/c.img,xvdd,r']\npci = ['04:00.0']\n")},
          1,
          "Checking domain:\n"
          "   client1: PERMITTED\n"
          "Checking resources:\n"
          "   file:/vm/b.img: DENIED\n"
          "   --> res: B-Bank (ACM:mytest)\n"
          "   --> dom: A-Bank (ACM:mytest)\n"
          "   file:/etc/passwd: DENIED\n"
          "   --> res: __UNLABELED__ (ACM:NULL)\n"
          "   --> dom: A-Bank (ACM:mytest)\n"
          "   phy:/dev/vg/a: PERMITTED\n"
          "   file:/vm/c.img: DENIED\n"
          "   --> VM's access to block device 'file:/vm/c.img' denied (file:/vm/c.img is labelled __INACCESSIBLE__: no "
          "domain may use it)\n"
          "   04:00.0: DENIED\n"
          "   --> res: __UNLABELED__ (ACM:NULL)\n"
          "   --> dom: A-Bank (ACM:mytest)\n"
          "Dry Run: FAILED\n"});
}

TEST_F(DryRun, TellsOfADomainInConflictAndChecksItsResourcesAllTheSame) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  expect({{"dry-run", config("domain2", "disk = ['file:/vm/b.img,xvda,w']\n")},
          1,
          "Checking domain:\n"
          "   domain2: DENIED\n"
          "   --> Domain in conflict set with running domains\n"
          "Checking resources:\n"
          "   file:/vm/b.img: PERMITTED\n"
          "Dry Run: FAILED\n"});
}

TEST_F(DryRun, TellsOfABackendThatDoesNotRunAndOfOneThatIsAStranger) {
  const std::string client = config("client1", "vif = ['backend=nicdom']\n");
  expect({{"dry-run", client},
          1,
          "Checking domain:\n   client1: PERMITTED\nChecking resources:\n   backend=nicdom: DENIED\n"
          "   --> the backend domain 'nicdom' does not run\nDry Run: FAILED\n"});
  dom0.tool({"addlabel", "AutoCorp", "mgt", "nicdom"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "nicdom"));
  expect({{"dry-run", client},
          1,
          "Checking domain:\n   client1: PERMITTED\nChecking resources:\n   backend=nicdom: DENIED\n"
          "   --> the two labels share no STE type\nDry Run: FAILED\n"});
}

TEST_F(DryRun, SkipsTheResourcesOfADomainWhoseLabelThePolicyDoesNotKnow) {
  dom0.tool({"resetpolicy"});
  expect({{"dry-run", config("client1", "disk = ['phy:/dev/vg/a,xvda,w']\n")},
          1,
          "Checking domain:\n"
          "   client1: DENIED\n"
          "   --> Policy type 'INV_ACM' must be changed: the label of 'client1' is INV_ACM:mytest:A-Bank\n"
          "Checking resources: (skipped)\n"
          "Dry Run: FAILED\n"});
  expect({{"dry-run", config("anyone", "disk = ['phy:/dev/vg/a,xvda,w']\n")},
          1,
          "Checking domain:\n"
          "   anyone: DENIED\n"
          "   --> VM 'anyone' carries no label, and the policy has no label '__UNLABELED__'\n"
          "Checking resources: (skipped)\n"
          "Dry Run: FAILED\n"});
}

TEST_F(DryRun, ChecksTheResourcesWhereTheConfigurationAloneSpeaksOfAnotherPolicy) {
  expect({{"dry-run",
           config("client1", "access_control = ['policy=old,label=A-Bank']\ndisk = ['phy:/dev/vg/a,xvda,w']\n")},
          1,
          "Checking domain:\n"
          "   client1: DENIED\n"
          "   --> Security policy (old) incompatible with enforced policy (mytest).\n"
          "Checking resources:\n"
          "   phy:/dev/vg/a: PERMITTED\n"
          "Dry Run: FAILED\n"});
}

TEST_F(DryRun, PassesUnderPermissiveModeAndSaysWhatWouldBeDenied) {
  dom0.tool({"mode", "permissive"});
  expect({{"dry-run", config("client1", "disk = ['file:/vm/b.img,xvda,w']\n")},
          0,
          "Checking domain:\n"
          "   client1: PERMITTED\n"
          "Checking resources:\n"
          "   file:/vm/b.img: DENIED\n"
          "   --> res: B-Bank (ACM:mytest)\n"
          "   --> dom: A-Bank (ACM:mytest)\n"
          "Permissive mode: it would start all the same, and the denial be recorded.\n"
          "Dry Run: PASSED\n"});
}

TEST_F(DryRun, ExplainsEveryDenialAsWhyDoes) {
  dom0.tool({"addlabel", "A-Bank", "res", "file:/vm/a.img"});
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "client1"));
  expect({{"dry-run", config("domain2", "disk = ['file:/vm/a.img,xvda,w']\n"), "--explain"},
          1,
          "Checking domain:\n"
          "   domain2: DENIED\n"
          "   --> Domain in conflict set with running domains\n"
          "Checking resources:\n"
          "   file:/vm/a.img: DENIED\n"
          "   --> res: A-Bank (ACM:mytest)\n"
          "   --> dom: B-Bank (ACM:mytest)\n"
          "rule     chinese-wall: conflict set RER {A-Bank, B-Bank, __UNLABELED__}      mytest 1.0, line 51\n"
          "domain2  B-Bank  [B-Bank]  mytest 1.0, line 134\n"
          "holds    A-Bank x 1: client1 (A-Bank)\n"
          "to allow stop client1, or start domain2 on another host\n"
          "rule     resource: VM's access to block device 'file:/vm/a.img' denied\n"
          "device   disk 0\n"
          "domain2         B-Bank  {B-Bank}  mytest 1.0, line 134\n"
          "file:/vm/a.img  A-Bank  {A-Bank}  mytest 1.0, line 171\n"
          "to allow labeltool rmlabel res file:/vm/a.img, then label file:/vm/a.img with a label that shares a type "
          "with B-Bank\n"
          "Dry Run: FAILED\n"});
}

TEST_F(DryRun, ChangesNothing) {
  const std::string before = dom0.tool({"audit", "--json"});
  const std::string client = config("client1", "disk = ['file:/etc/passwd,xvda,w']\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(dom0.labeltool({"dry-run", client}).status, 1);
  EXPECT_EQ(dom0.tool({"audit", "--json"}), before);
  EXPECT_EQ(dom0.status()["running"], 1);
  EXPECT_EQ(contents(client), "name = \"client1\"\ndisk = ['file:/etc/passwd,xvda,w']\n");
}

TEST_F(DryRun, SaysWhatIsWrongWithTheFile) {
  const std::string broken = file("broken.cfg", "name = [\n");
  const std::string dos = file("dos.cfg", "name = 'a'\r\n");
  play({{{"dry-run"}, 1, "", "Error: Invalid number of arguments (configfile is required)\n"},
        {{"dry-run", "a", "b"}, 1, "", "Error: Invalid number of arguments ('b' is not understood)\n"},
        {{"dry-run", "none.cfg"}, 1, "", "Error: Configuration file 'none.cfg' not found.\n"},
        {{"dry-run", dom0.folder().string()},
         1,
         "",
         "Error: Could not read '" + dom0.folder().string() + "': it is a folder\n"},
        {{"dry-run", broken}, 1, "", "Error: Invalid config file: " + broken + ":"},
        {{"dry-run", dos},
         1,
         "",
         dos +
             " has lines that end as on DOS (CR LF), which xl does not read; dos2unix mends it\n"
             "Error: Invalid config file: " +
             dos + ":"},
        {{"dry-run", file("anonymous.cfg", "memory = 1\n")}, 1, "", "Error: Invalid config file: "},
        {{"dry-run", config("client1", "disk = ['nonsense']\n")}, 1, "", "Error: Invalid config file: "}});
}

TEST_F(DryRun, LetsNoNameSpeakToTheTerminal) {
  const Finished finished =
      dom0.labeltool({"dry-run", file("x.cfg", "name = 'x\x1b[31m'\nvif = ['bridge=\x1b[31m']\n")});
  EXPECT_EQ((finished.out + finished.err).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace xenacm::test
