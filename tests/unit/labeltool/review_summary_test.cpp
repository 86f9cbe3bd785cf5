// SPDX-License-Identifier: Apache-2.0
// Who was refused what, how often, first and last when
#include <gtest/gtest.h>

#include "labeltool/review/summary.h"

namespace xenacm::labeltool::review {
namespace {

using nlohmann::json;

json refusal(std::int64_t seq, const std::string& decision, const std::string& action, const std::string& rule,
             const std::string& toolstack) {
  return {{"seq", seq},           {"time", seq * 1'000'000},     {"decision", decision}, {"action", action},
          {"subject", "client2"}, {"subject_label", "AutoCorp"}, {"object", "nicdom"},   {"object_label", "A-Bank"},
          {"rule", rule},         {"toolstack", toolstack}};
}

TEST(Summary, CountsWhatPermissiveModeLetThroughApart) {
  Summary summary;
  summary.add(refusal(1, "deny", "attach vif 0", "ste", "xl"));
  summary.add(refusal(2, "allow", "attach vif 0", "", "xl"));
  summary.add(refusal(3, "would-deny", "attach vif 1", "ste", "xl"));
  summary.add(refusal(4, "error", "attach vif 1", "", "xl"));
  summary.add(refusal(5, "deny", "attach vif 12", "ste", "libvirt"));
  summary.add(refusal(6, "deny", "attach vif 2", "resource", ""));
  const json found = summary.json();
  EXPECT_EQ(found["denied"], 3);
  EXPECT_EQ(found["would_deny"], 1);
  EXPECT_EQ(found["first"], 1'000'000);
  EXPECT_EQ(found["last"], 6'000'000);
  ASSERT_EQ(found["refusals"].size(), 3u) << "vifs of every number together, rules and toolstacks apart";
  const json& most = found["refusals"][0];
  EXPECT_EQ(most["action"], "attach vif");
  EXPECT_EQ(most["toolstack"], "xl");
  EXPECT_EQ(most["denied"], 1);
  EXPECT_EQ(most["would_deny"], 1);
  EXPECT_EQ(most["first"], 1'000'000);
  EXPECT_EQ(most["last"], 3'000'000);
  EXPECT_EQ(most["record"], 3);
  EXPECT_EQ(found["rules"], json({{{"rule", "resource"},
                                   {"denied", 1},
                                   {"would_deny", 0},
                                   {"first", 6'000'000},
                                   {"last", 6'000'000},
                                   {"record", 6}},
                                  {{"rule", "ste"},
                                   {"denied", 2},
                                   {"would_deny", 1},
                                   {"first", 1'000'000},
                                   {"last", 5'000'000},
                                   {"record", 5}}}));
  EXPECT_EQ(found["toolstacks"].size(), 3u);
}

TEST(Summary, TakesAHooksQuestionsTogetherWhoseTicketsDiffer) {
  Summary summary;
  for (const char* ticket : {"aaaa", "bbbb"}) {
    json record = refusal(1, "deny", "reserve start", "chinese-wall", "xl");
    record["object"] = ticket;
    summary.add(record);
  }
  ASSERT_EQ(summary.json()["refusals"].size(), 1u);
  EXPECT_EQ(summary.json()["refusals"][0]["denied"], 2);
}

TEST(Summary, NamesWhoAndWhatInATable) {
  Summary summary;
  json record = refusal(1, "deny", "attach vif 0", "ste", "");
  record["subject"] = "evil\033[2J";
  summary.add(record);
  const std::string text = summary.text();
  EXPECT_TRUE(text.starts_with("Refused: 1. Would have been refused, if not for permissive mode: 0.\n")) << text;
  EXPECT_NE(text.find("ste           other     attach vif evil?[2J (AutoCorp) -> nicdom (A-Bank)\n"), std::string::npos)
      << text;
  EXPECT_EQ(Summary().text(), "Nothing was refused.\n");
}

}  // namespace
}  // namespace xenacm::labeltool::review
