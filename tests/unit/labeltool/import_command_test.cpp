// SPDX-License-Identifier: Apache-2.0
// labeltool import: what was done before a refusal is taken back
#include <gtest/gtest.h>

#include "labeltool/text_file.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/scripted_daemon.h"

namespace xenacm::labeltool::test {
namespace {

const std::string kMytest = XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml";

// A host under DEFAULT that refuses the label of vlan:2, and `also`.
ScriptedDaemon::Script refusing(const std::string& also = "-") {
  return [also](const Request& request) -> Scripted {
    const std::string& line = request.line;
    if (line.starts_with("PUT") && line.find("vlan%3A2") != std::string::npos) {
      return {409, R"({"error": {"message": "In use."}})"};
    }
    if (line.starts_with(also)) return {409, R"({"error": {"message": "Not now."}})"};
    if (line.starts_with("GET") && line.ends_with("/label")) return {404, "{}"};
    if (line == "GET /v1/policy/history") return {200, R"([{"number": 4}, {"number": 5}])"};
    if (line == "GET /v1/domains") return {200, "[]"};
    if (line == "POST /v1/whatif/setpolicy") return {200, R"({"verdict": {"decision": "allow"}})"};
    return {};
  };
}

class ImportCommand : public testing::Test {
 protected:
  void SetUp() override {
    workplace.write("labels",
                    "resources = {\n    'vlan:1': ('ACM', 'mytest', 'A-Bank'),\n"
                    "    'vlan:2': ('ACM', 'mytest', 'A-Bank'),\n}\n");
  }
  // What is asked for and changes something.
  static std::vector<std::string> changes(const ScriptedDaemon& daemon) {
    std::vector<std::string> lines;
    for (const Request& request : daemon.asked()) {
      if (!request.line.starts_with("GET") && request.line.find("whatif") == std::string::npos) {
        lines.push_back(request.line);
      }
    }
    return lines;
  }
  Workplace workplace;
};

TEST_F(ImportCommand, TakesEverythingBackWhereOneLabelIsRefused) {
  const ScriptedDaemon daemon(workplace.folder() / "socket", refusing());
  const Ran ran = run(import_command, {kMytest, "labels"}, workplace.folder() / "socket");
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "labels:3: vlan:2: In use. Policy and labels are taken back.");
  EXPECT_TRUE(ran.failure->details.empty());
  EXPECT_EQ(changes(daemon),
            (std::vector<std::string>{"PUT /v1/policy", "PUT /v1/resources/vlan%3A1/label",
                                      "PUT /v1/resources/vlan%3A2/label", "DELETE /v1/resources/vlan%3A1/label",
                                      "POST /v1/policy/history/5/restore?force=1"}));
}

TEST_F(ImportCommand, SaysWhatCouldNotBeTakenBack) {
  const ScriptedDaemon daemon(workplace.folder() / "socket", refusing("POST /v1/policy/history"));
  const Ran ran = run(import_command, {kMytest, "labels"}, workplace.folder() / "socket");
  ASSERT_TRUE(ran.failure);
  ASSERT_EQ(ran.failure->details.size(), 1U);
  EXPECT_EQ(ran.failure->details.front(),
            "the imported policy stays set (labeltool policy rollback 5 takes it back): Not now.");
}

TEST_F(ImportCommand, ChangesNothingWhereTheFileIsNotUnderstood) {
  workplace.write("labels", "resources = {'vlan:1': ('ACM', 'mytest', __import__('os').getenv('HOME'))}");
  const ScriptedDaemon daemon(workplace.folder() / "socket", refusing());
  const Ran ran = run(import_command, {kMytest, "labels"}, workplace.folder() / "socket");
  ASSERT_TRUE(ran.failure);
  EXPECT_TRUE(ran.failure->message.starts_with("labels:1:42: a string: type, policy or label in quotes is expected"))
      << ran.failure->message;
  EXPECT_EQ(changes(daemon), std::vector<std::string>());
}

}  // namespace
}  // namespace xenacm::labeltool::test
