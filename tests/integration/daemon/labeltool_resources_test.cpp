// SPDX-License-Identifier: Apache-2.0
// labeltool resources, --check and --repair: labels whose name and thing have come apart
#include <fstream>

#include "tests/integration/daemon/labeltool_table.h"

namespace xenacm::test {
namespace {

class Resources : public LabeltoolTable {
 protected:
  void SetUp() override {
    LabeltoolTable::SetUp();
    image = file("a.img", "image");
    name = "file:" + image;
    dom0.tool({"addlabel", "A-Bank", "res", name});
  }
  [[nodiscard]] Finished check() const { return dom0.labeltool({"resources", "--check"}); }
  void replace_image() const {
    std::filesystem::rename(image, image + ".old");
    std::ofstream(image) << "another";
  }
  std::string image;
  std::string name;
};

TEST_F(Resources, AreListedAsTheManualDoes) {
  dom0.tool({"addlabel", "B-Bank", "res", "phy:vg/b"});
  expect({{"resources"},
          0,
          name + "\n      type: ACM\n    policy: mytest\n     label: A-Bank\n"
                 "phy:/dev/vg/b\n      type: ACM\n    policy: mytest\n     label: B-Bank\n"});
}

TEST_F(Resources, ThatAreWhatTheyWereAreNoFindings) {
  play({{{"resources", "--check"}, 0, "0 findings\n"},
        {{"resources", "--repair"}, 0, "0 findings\n"},
        {{"resources", "--check", "--json"}, 0, "[]\n"}});
}

TEST_F(Resources, ThatAreGoneAreSaidAndHarmNobody) {
  std::filesystem::remove(image);
  const Finished checked = check();
  EXPECT_EQ(checked.status, 0) << checked.out;
  EXPECT_TRUE(checked.out.starts_with("orphan: " + name + " (ACM:mytest:A-Bank)\n    nothing is at '" + name + "'"))
      << checked.out;
  EXPECT_TRUE(checked.out.ends_with("\n1 finding\n"));
}

TEST_F(Resources, ThatWereReplacedAreFindingsThatDeny) {
  replace_image();
  const Finished checked = check();
  EXPECT_EQ(checked.status, 1);
  EXPECT_EQ(checked.err, "");
  EXPECT_TRUE(checked.out.starts_with("replaced: " + name + " (ACM:mytest:A-Bank)\n    something else is at '"))
      << checked.out;
  EXPECT_EQ(checked.out.find("labeltool "), std::string::npos) << "commands are for --repair";
}

TEST_F(Resources, AreShownWithTheCommandsThatMendThem) {
  replace_image();
  const Finished listed = dom0.labeltool({"resources", "--repair"});
  EXPECT_EQ(listed.status, 0);
  EXPECT_NE(listed.out.find("\n    labeltool resources --repair " + name + " adopt\n"), std::string::npos)
      << listed.out;
  EXPECT_NE(listed.out.find("\n    labeltool rmlabel res " + name + "\n"), std::string::npos) << listed.out;
  EXPECT_EQ(check().status, 1) << "nothing is done yet";
}

TEST_F(Resources, AdoptWhatIsThere) {
  replace_image();
  play({{{"resources", "--repair", name, "adopt"}, 0, "Successfully repaired '" + name + "'.\n"},
        {{"resources", "--check"}, 0, "0 findings\n"},
        {{"getlabel", "res", name}, 0, "ACM:mytest:A-Bank\n"}});
}

TEST_F(Resources, FollowAThingToItsNewName) {
  const std::string moved = name + ".moved";
  std::filesystem::rename(image, image + ".moved");
  play({{{"resources", "--repair", name, "rename", moved}, 0, "Successfully repaired '" + name + "'.\n"},
        {{"resources", "--check"}, 0, "0 findings\n"},
        {{"resources"}, 0, moved + "\n      type: ACM\n    policy: mytest\n     label: A-Bank\n"}});
}

TEST_F(Resources, AreNotRepairedByGuessing) {
  play(
      {{{"resources", "--repair", name}, 1, "", "Error: '" + name + "' is to be repaired, but not how; the form is "},
       {{"resources", "--repair", name, "rename"}, 1, "", "Error: rename needs the new name; the form is "},
       {{"resources", "--repair", name, "mend"}, 1, "", "Error: Unknown mend 'mend'; the form is "},
       {{"resources", "--repair", name, "adopt", "x"}, 1, "", "Error: adopt takes no new name ('x' is one too many); "},
       {{"resources", "--repair", "nonsense", "adopt"}, 1, "", "Error: Resource spec 'nonsense' contains no ':' "},
       {{"resources", "--repair", "file:/vm/none", "adopt"}, 1, "", "Error: Resource not labeled: 'file:/vm/none'\n"},
       {{"resources", "--repair", name, "rename", "file:/vm/none"}, 1, "", "Error: 'file:/vm/none' is not there; "},
       {{"resources", "--repair", name, "forget_mark"}, 1, "", "Error: '" + name + "' "},
       {{"resources", "--check", "--repair"}, 1, "", "Error: --check and --repair are two questions; "},
       {{"resources", "mytest"}, 1, "", "Error: No arguments required ('mytest' is one too many; the form is "}});
}

}  // namespace
}  // namespace xenacm::test
