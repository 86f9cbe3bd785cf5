// SPDX-License-Identifier: Apache-2.0
// labeltool status: one screen, whatever there is to say
#include "labeltool/status_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace xenacm::labeltool {
namespace {

using nlohmann::json;

json first_day() {
  return {{"version", "0.1.0"},
          {"policy", {{"name", "DEFAULT"}, {"version", "1.0"}}},
          {"mode", "permissive"},
          {"label_modes", json::object()},
          {"running", 3},
          {"links_by_class", {{"vif", 1}}},
          {"bindings", 0},
          {"resources", 0},
          {"about_to_start", json::array()},
          {"adopted", json::array()},
          {"unlabelled", {{"domains", {"client1", "client2"}}, {"resources", {"bridge:xenbr0"}}}},
          {"running_types", {{"SystemManagement", 1}}},
          {"conflict_aggregate", json::object()},
          {"verdicts", {{"allow", 4}, {"deny", 0}, {"would_deny", 2}}},
          {"lines",
           {{"gate", {{"enabled", true}, {"connections", 2}, {"judged", 6}, {"refused", 0}}},
            {"guard", {{"enabled", true}, {"alarms", 0}}}}},
          {"audit", {{"writable", true}, {"outputs", json::array()}}}};
}

json refusal(std::int64_t seq, const char* decision, const char* rule) {
  return {{"seq", seq},
          {"decision", decision},
          {"rule", rule},
          {"action", "start"},
          {"subject", "client" + std::to_string(seq)}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(StatusText, TheFirstDayOnOneScreen) {
  Refusals refusals;
  refusals.add(refusal(5, "would-deny", "label"));
  refusals.add(refusal(6, "allow", ""));
  refusals.add(refusal(7, "would-deny", "label"));
  EXPECT_EQ(status_text(first_day(), "xl does not ask first", refusals),
            "acm-enforcerd 0.1.0\n"
            "mode               : permissive: nothing is refused, only recorded\n"
            "policy             : DEFAULT 1.0\n"
            "hook               : xl does not ask first\n"
            "gate               : on: 2 clients, 6 verdicts, 0 refusals\n"
            "guard              : on: 0 alarms\n"
            "verdicts           : 4 allowed, 0 denied, 2 would have been denied\n"
            "running domains    : 3\n"
            "links              : vif 1\n"
            "labelled           : 0 domains, 0 resources\n"
            "unlabelled         : 2 domains: client1, client2\n"
            "unlabelled         : 1 resource in use: bridge:xenbr0\n"
            "running types      : SystemManagement 1\n"
            "conflict aggregate : none\n"
            "refused so far     : would have been: 2 (label 2)\n"
            "the latest         : record 7: start client7\n"
            "see                : labeltool audit --denied; labeltool why\n");
}

TEST(StatusText, TheWorstDayFitsToo) {
  json status = first_day();
  json many = json::array();
  json starting = json::array();
  json bypass = json::array();
  for (int i = 0; i < 500; ++i) {
    many.push_back("d\xc3\xb6main\x1b" + std::to_string(i));
    starting.push_back({{"name", many.back()}, {"label", "A-Bank"}});
    bypass.push_back({{"pid", i},
                      {"program", "/usr/lib/a/very/long/path/to/some/program" + std::to_string(i)},
                      {"way", "older connection"}});
  }
  status["mode"] = "enforcing";
  for (int i = 0; i < 50; ++i) status["label_modes"]["Label" + std::to_string(i)] = "permissive";
  status["about_to_start"] = starting;
  status["adopted"] = many;
  status["unlabelled"] = {{"domains", many}, {"resources", many}};
  for (int i = 0; i < 50; ++i) status["running_types"]["Type" + std::to_string(i)] = i;
  status["conflict_aggregate"] = status["running_types"];
  status["lines"]["gate"]["bypass"] = bypass;
  status["lines"]["gate"]["bypass_unseen"] = std::string(200, 'u');
  status["lines"]["guard"]["last_alarm"] = std::string(400, 'a');
  status["audit"] = {{"writable", false}, {"error", std::string(300, 'e')}, {"refused", 1}, {"let_through", 2},
                     {"late", 3},         {"outputs", json::array()}};
  Refusals refusals;
  for (const char* rule : {"label", "authorization", "chinese-wall", "ste", "resource", "integrity", "unavailable"}) {
    refusals.add(refusal(1, "deny", rule));
    refusals.add(refusal(2, "would-deny", rule));
  }
  refusals.add_older();
  const auto lines = lines_of(status_text(status, std::string(200, 'h'), refusals));
  EXPECT_LE(lines.size(), 24u);
  for (const std::string& line : lines) {
    const auto columns =
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    EXPECT_LE(columns, 80) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
  }
}

TEST(StatusText, RefusalsOfEnforcingModeAreCountedApart) {
  Refusals refusals;
  EXPECT_EQ(refusals.lines(), std::vector<std::string>{"refused so far     : nothing, and nothing would have been"});
  EXPECT_TRUE(refusals.json()["latest"].is_null());
  refusals.add(refusal(1, "would-deny", "label"));
  refusals.add(refusal(2, "deny", "ste"));
  refusals.add_older();
  EXPECT_EQ(refusals.lines().front(), "refused so far     : 1 or more (ste 1); would have been: 1 or more (label 1)");
  EXPECT_EQ(refusals.json()["rules"]["ste"], json({{"denied", 1}, {"would_deny", 0}}));
  EXPECT_EQ(refusals.json()["latest"]["seq"], 2);
}

}  // namespace
}  // namespace xenacm::labeltool
