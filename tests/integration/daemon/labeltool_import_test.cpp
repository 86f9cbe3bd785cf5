// SPDX-License-Identifier: Apache-2.0
// labeltool import: policy and labels of a host of xm's time
#include "tests/integration/daemon/labeltool_table.h"

namespace xenacm::test {
namespace {

class Import : public LabeltoolTable {
 protected:
  void SetUp() override {
    dom0.start();
    disk = file("a.img", "bytes");
    labels = file("resource_labels", "resources = {\n    'file:" + disk + "': ('ACM', 'mytest', 'A-Bank'),\n}\n");
    config = file("a.cfg", "name = 'a'\naccess_control = ['policy=mytest,label=B-Bank']\n");
  }
  // Which policy is in force.
  [[nodiscard]] std::string policy() const {
    return nlohmann::json::parse(dom0.tool({"getpolicy", "--json"})).value("name", "");
  }
  std::string disk, labels, config;
};

TEST_F(Import, SetsThePolicyAndTheLabelsAndMayBeRepeated) {
  const std::string taken = "resource file:" + disk + "  A-Bank\ndomain   a  B-Bank\n";
  play({{{"import", "--dry-run", kMytest, labels, "--domains", config},
         0,
         "policy   mytest 1.0\n" + taken + "Would import the policy and 2 labels.\n",
         std::string(kMytest)}});
  EXPECT_EQ(policy(), "DEFAULT");
  expect({{"import", kMytest, labels, "--domains", config},
          0,
          "policy   mytest 1.0\n" + taken + "Imported the policy and 2 labels.\n",
          std::string(kMytest)});
  play({{{"getlabel", "res", "file:" + disk}, 0, "ACM:mytest:A-Bank\n"},
        {{"getlabel", "mgt", "a"}, 0, "ACM:mytest:B-Bank\n"},
        {{"getlabel", "dom", config}, 0, "policytype=ACM,policy=mytest,label=B-Bank\n"},
        {{"import", kMytest, labels, "--domains", config},
         0,
         "policy   mytest 1.0 (in force)\nresource file:" + disk + "  A-Bank (has it)\n" +
             "domain   a  B-Bank (has it)\nImported 0 labels.\n"}});
}

TEST_F(Import, RefusesAsAWholeOrSkipsWhatItNames) {
  labels = file("resource_labels", "resources = {\n    'file:" + disk +
                                       "': ('ACM', 'mytest', 'A-Bank'),\n"
                                       "    'file:/gone.img': ('ACM', 'mytest', 'A-Bank'),\n}\n");
  const std::string gone = labels +
                           ":3: file:/gone.img (A-Bank): nothing is there any more; put it back; or label the "
                           "bare name: labeltool addlabel A-Bank res file:/gone.img\n";
  expect({{"import", kMytest, labels},
          1,
          "policy   mytest 1.0\nresource file:" + disk + "  A-Bank\n",
          gone + "Error: 1 label cannot be taken over; nothing was imported. (--skip imports the rest)\n"});
  EXPECT_EQ(policy(), "DEFAULT");
  expect({{"import", "--skip", kMytest, labels},
          0,
          "policy   mytest 1.0\nresource file:" + disk + "  A-Bank\nskipped  " + gone +
              "Imported the policy and 1 label.\n",
          std::string(kMytest)});
}

// Two configurations with one uuid: what the daemon alone finds out, behind the policy and a label.
TEST_F(Import, TakesPolicyAndLabelsBackWhereTheDaemonRefusesALabel) {
  const std::string uuid = "uuid = '00000000-0000-4000-8000-0000000000c1'\n";
  const std::string label = "access_control = ['policy=mytest,label=A-Bank']\n";
  const std::string first = file("b.cfg", "name = 'b'\n" + uuid + label);
  const std::string second = file("c.cfg", "name = 'c'\n" + uuid + label);
  const Finished finished = dom0.labeltool({"import", kMytest, labels, "--domains", first, second});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find("Error: " + second + ": c: uuid 00000000-0000-4000-8000-0000000000c1 already belongs"),
            std::string::npos)
      << finished.err;
  EXPECT_EQ(finished.err.find("keeps the label"), std::string::npos) << finished.err;
  EXPECT_EQ(policy(), "DEFAULT");
  play({{{"getlabel", "mgt", "b"}, 1, "", "Error: Domain not labeled\n"},
        {{"getlabel", "res", "file:" + disk}, 1, "", "Error: Resource not labeled\n"}});
}

TEST_F(Import, OfADocumentThatIsAnUpdateSaysWhatToTakeOut) {
  const Finished finished = dom0.labeltool({"import", kUpdate});
  EXPECT_EQ(finished.status, 1);
  EXPECT_NE(finished.err.find("take the from= attributes out of a copy of it"), std::string::npos) << finished.err;
  EXPECT_EQ(policy(), "DEFAULT");
}

}  // namespace
}  // namespace xenacm::test
