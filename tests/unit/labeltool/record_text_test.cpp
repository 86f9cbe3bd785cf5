// SPDX-License-Identifier: Apache-2.0
// A refusal, told to people (decisions.md, "Refusals say why")
#include "labeltool/record_text.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

using nlohmann::json;

json record() {
  return {{"seq", 184},
          {"time", 1'700'000'000'000'000},
          {"action", "attach vif 0"},
          {"subject", "client2"},
          {"object", "nicdom"},
          {"decision", "deny"},
          {"rule", "ste"},
          {"policy", {{"name", "mytest"}, {"version", "1.0"}}},
          {"exe", "/usr/lib/xen-4.17/bin/xl"},
          {"pid", 2231},
          {"uid", 0}};
}

TEST(Explanation, OfALinkNamesBothLabelsTheirTypesAndTheWayOut) {
  json refused = record();
  refused["reasons"] = {
      {{"rule", "ste"},
       {"message", "the two labels share no STE type"},
       {"subject", {{"name", "client2"}, {"label", "AutoCorp"}, {"types", {"AutoCorp"}}, {"line", 71}}},
       {"object", {{"name", "nicdom"}, {"label", "A-Bank"}, {"types", {"A-Bank"}}, {"line", 43}}},
       {"remedy", "give both labels a common type"}}};
  const std::string text = explanation(refused);
  EXPECT_TRUE(text.starts_with("DENIED   vif link client2 -> nicdom ")) << text;
  EXPECT_NE(text.find("record 184"), std::string::npos);
  EXPECT_NE(text.find("xl, pid 2231, uid 0\n"
                      "rule     ste: the two labels share no STE type\n"
                      "client2  AutoCorp  {AutoCorp}  mytest 1.0, line 71\n"
                      "nicdom   A-Bank    {A-Bank}    mytest 1.0, line 43\n"
                      "to allow give both labels a common type\n"),
            std::string::npos)
      << text;
}

TEST(Explanation, OfAChineseWallRefusalNamesTheSetAndWhoHoldsIt) {
  json refused = record();
  refused["action"] = "start";
  refused["subject"] = "domain2";
  refused["object"] = "";
  refused["reasons"] = {{{"rule", "chinese-wall"},
                         {"message", "Domain in conflict set with running domains"},
                         {"subject", {{"name", "domain2"}, {"label", "B-Bank"}, {"types", {"B-Bank"}}, {"line", 50}}},
                         {"conflict_set",
                          {{"name", "RER"},
                           {"types", {"A-Bank", "B-Bank"}},
                           {"line", 31},
                           {"holders", {{{"type", "A-Bank"}, {"domains", {"nicdom (A-Bank)", "client1 (A-Bank)"}}}}}}},
                         {"remedy", "stop nicdom, client1"}}};
  const std::string text = explanation(refused);
  EXPECT_NE(text.find("start of domain2"), std::string::npos) << text;
  EXPECT_NE(text.find("rule     chinese-wall: conflict set RER {A-Bank, B-Bank}      mytest 1.0, line 31\n"
                      "domain2  B-Bank  [B-Bank]  mytest 1.0, line 50\n"
                      "holds    A-Bank x 2: nicdom (A-Bank), client1 (A-Bank)\n"),
            std::string::npos)
      << text;
}

TEST(Explanation, LetsNoNameOfAGuestSpeakToTheTerminal) {
  json refused = record();
  refused["subject"] = "x\x1b[31m\n";
  refused["reasons"] = json::array();
  EXPECT_EQ(explanation(refused).find('\x1b'), std::string::npos);
  EXPECT_EQ(table_row(refused).find('\x1b'), std::string::npos);
  EXPECT_EQ(table_row(refused).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool
