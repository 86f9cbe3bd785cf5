// SPDX-License-Identifier: Apache-2.0
// labeltool diffpolicy: what it prints. What there is to find is the policy library's.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/policies.h"

namespace xenacm::labeltool::test {
namespace {

class DiffPolicy : public testing::Test {
 protected:
  DiffPolicy() {
    workplace.write("sound.xml", document("p"));
    workplace.write("suspicious.xml", document("p", kSuspicious));
  }
  Workplace workplace;
};

TEST_F(DiffPolicy, SaysWhatChanges) {
  const Ran ran = run(diffpolicy_command, {"sound.xml", "suspicious.xml"});
  EXPECT_FALSE(ran.failure);
  EXPECT_EQ(ran.out, "p 1.0 -> p 1.0\nNew labels of domains (1):\n  idle\n");
}

TEST_F(DiffPolicy, SaysThatNothingDoes) {
  EXPECT_EQ(run(diffpolicy_command, {"sound.xml", "sound.xml"}).out,
            "p 1.0 -> p 1.0\nNo difference in what is allowed.\n");
}

TEST_F(DiffPolicy, HasTheSameInJson) {
  const Ran ran = run(diffpolicy_command, {"suspicious.xml", "sound.xml", "--json"});
  const auto change = nlohmann::json::parse(ran.out);
  EXPECT_EQ(change.at("vm_labels").at("removed"), nlohmann::json::array({"idle"}));
  EXPECT_EQ(change.at("sharing").at("cease"), nlohmann::json::array());
}

TEST_F(DiffPolicy, NamesTheErrorsOfADocument) {
  workplace.write("wrong.xml", document("p", kWrong));
  const Ran ran = run(diffpolicy_command, {"sound.xml", "wrong.xml"});
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "There are errors in the policy wrong.xml");
  ASSERT_FALSE(ran.failure->details.empty());
  EXPECT_TRUE(ran.failure->details.front().starts_with("wrong.xml:12:")) << ran.failure->details.front();
}

TEST_F(DiffPolicy, NamesTheFileThatIsNotThere) {
  const Ran ran = run(diffpolicy_command, {"sound.xml", "./none.xml"});
  ASSERT_TRUE(ran.failure);
  EXPECT_NE(ran.failure->message.find("./none.xml"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool::test
