// SPDX-License-Identifier: Apache-2.0
// A verdict that was asked for, told as one that is on record (decisions.md, "Refusals say why")
#include "enforcer/api/verdict_text.h"

#include <gtest/gtest.h>

namespace xenacm::api {
namespace {

using nlohmann::json;

json verdict(const json& reasons) {
  return {{"decision", "deny"}, {"policy", {{"name", "mytest"}, {"version", "1.0"}}}, {"reasons", reasons}};
}

json domain() { return {{"name", "domain1"}, {"label", "A-Bank"}, {"types", {"A-Bank"}}, {"line", 71}}; }

TEST(VerdictText, NamesTheDeviceThatAReasonIsAbout) {
  EXPECT_EQ(explain_reasons(verdict(
                {{{"rule", "resource"},
                  {"message", "VM's access to block device 'phy:/dev/a' denied"},
                  {"device", "disk 0"},
                  {"subject", domain()},
                  {"object", {{"name", "phy:/dev/a"}, {"label", "B-Bank"}, {"types", {"B-Bank"}}, {"line", 210}}},
                  {"remedy", "label phy:/dev/a otherwise"}}})),
            "rule     resource: VM's access to block device 'phy:/dev/a' denied\n"
            "device   disk 0\n"
            "domain1     A-Bank  {A-Bank}  mytest 1.0, line 71\n"
            "phy:/dev/a  B-Bank  {B-Bank}  mytest 1.0, line 210\n"
            "to allow label phy:/dev/a otherwise\n");
}

TEST(VerdictText, NamesTheTypesThatAreMissing) {
  EXPECT_EQ(explain_reasons(verdict({{{"rule", "authorization"},
                                      {"message", "VM is not authorized to run."},
                                      {"subject", domain()},
                                      {"types", {"A-Bank", "B-Bank"}},
                                      {"remedy", "give Domain-0 a label that carries A-Bank, B-Bank"}}})),
            "rule     authorization: VM is not authorized to run.\n"
            "domain1  A-Bank  {A-Bank}  mytest 1.0, line 71\n"
            "missing  A-Bank, B-Bank\n"
            "to allow give Domain-0 a label that carries A-Bank, B-Bank\n");
}

TEST(VerdictText, TellsEveryReasonInOrder) {
  const json reason{{"rule", "ste"}, {"message", "first"}, {"subject", {{"name", ""}}}, {"remedy", "x"}};
  json second = reason;
  second["message"] = "second";
  EXPECT_EQ(explain_reasons(verdict({reason, second})),
            "rule     ste: first\nto allow x\nrule     ste: second\nto allow x\n");
  EXPECT_EQ(explain_reasons(verdict(json::array())), "");
}

TEST(VerdictText, HasAWordForEachDecision) {
  EXPECT_EQ(decision_word({{"decision", "allow"}}), "ALLOWED");
  EXPECT_EQ(decision_word({{"decision", "deny"}}), "DENIED");
  EXPECT_EQ(decision_word({{"decision", "would-deny"}}), "WOULD BE DENIED");
  EXPECT_EQ(decision_word({{"decision", "error"}}), "ERROR");
}

}  // namespace
}  // namespace xenacm::api
