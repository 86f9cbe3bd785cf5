// SPDX-License-Identifier: Apache-2.0
// What Prometheus is told (docs/metrics.md)
#include "enforcer/api/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "enforcer/api/exposition.h"

namespace xenacm::api {
namespace {

using namespace std::chrono_literals;
using monitor::Decision;
using monitor::RequestClass;
using monitor::Rule;
using monitor::Tally;
using nlohmann::json;

monitor::Reply verdict(Decision decision, std::vector<Rule> rules) {
  monitor::Verdict verdict{.decision = decision};
  for (const Rule rule : rules) verdict.reasons.push_back({.rule = rule});
  return verdict;
}

std::string text_with(const Tally& tally, const std::string& output = "journald",
                      const json& gate = json{{"enabled", false}}) {
  const json audit{{"waiting", 0},
                   {"writable", true},
                   {"gaps", 0},
                   {"refused", 0},
                   {"let_through", 0},
                   {"late", 0},
                   {"last_record", 12},
                   {"checkpoint_record", 10},
                   {"checkpoint_time", 1'500'000},
                   {"ledger_bytes", 4096},
                   {"wal_bytes", 0},
                   {"archived_to", 0},
                   {"archive_error", ""},
                   {"outputs", json::array({{{"name", output}, {"position", 7}, {"error", ""}}})}};
  return metrics_text(monitor::initial_state(), tally, {{"gate", gate}, {"guard", {{"enabled", false}}}}, audit);
}

std::size_t count_lines(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, AVerdictIsCountedByItsFirstReasonAndItsClass) {
  Tally tally;
  tally.count(RequestClass::start, verdict(Decision::allow, {}), 1ms);
  tally.count(RequestClass::vif, verdict(Decision::deny, {Rule::ste, Rule::resource}), 1ms);
  tally.count(RequestClass::start, verdict(Decision::would_deny, {Rule::chinese_wall}), 1ms);
  tally.count(RequestClass::label_change, std::unexpected(monitor::Fault{}), 1ms);
  const std::string text = text_with(tally);
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="allow",rule="none",class="start"} 1)"));
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="deny",rule="ste",class="vif"} 1)"));
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="deny",rule="resource",class="vif"} 0)"));
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="would-deny",rule="chinese-wall",class="start"} 1)"));
  EXPECT_TRUE(has_line(text, R"(xenacm_request_errors_total{class="label-change"} 1)"));
  EXPECT_EQ(tally.verdicts(Decision::deny), 1u);
}

TEST(Metrics, NobodyWhoAsksCanMakeASeries) {
  Tally tally;
  const std::size_t before = count_lines(text_with(tally));
  for (const std::string device_class : {"vif", "a", "b\"} 1\nxenacm_enforcing 1\n", ""}) {
    const monitor::AttachLink link{.key = {.device_class = device_class}};
    tally.count(class_of(link), verdict(Decision::deny, {Rule::integrity}), 1ms);
    tally.count(class_of(monitor::AdoptLink{.link = link}), verdict(Decision::allow, {}), 1ms);
  }
  const std::string text = text_with(tally);
  EXPECT_EQ(count_lines(text), before);
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="deny",rule="integrity",class="other-device"} 3)"));
  EXPECT_TRUE(has_line(text, R"(xenacm_verdicts_total{decision="deny",rule="integrity",class="vif"} 1)"));
}

TEST(Metrics, EveryClassHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t index = 0; index < monitor::kRequestClasses; ++index) {
    names.insert(to_text(static_cast<RequestClass>(index)));
  }
  EXPECT_EQ(names.size(), monitor::kRequestClasses);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(to_text(monitor::class_of(monitor::SetMode{})), "mode-change");
  EXPECT_EQ(to_text(monitor::class_of(monitor::DetachLink{})), "detach");
  EXPECT_EQ(to_text(monitor::class_of_link("9pfs")), "9pfs");
  EXPECT_EQ(to_text(monitor::class_of_link("start")), "other-device") << "a device may be called like anything";
}

TEST(Metrics, WaitsAreCountedUpToTheirBoundAndAllOfThemBelowInfinity) {
  Tally tally;
  for (const std::chrono::nanoseconds waited : {1000ns, 1001ns, 3'000'000ns, 11'000'000'000ns}) {
    tally.count(RequestClass::start, verdict(Decision::allow, {}), waited);
  }
  const std::string text = text_with(tally);
  for (const char* line :
       {R"(xenacm_verdict_seconds_bucket{le="1e-06"} 1)", R"(xenacm_verdict_seconds_bucket{le="1e-05"} 2)",
        R"(xenacm_verdict_seconds_bucket{le="0.0025"} 2)", R"(xenacm_verdict_seconds_bucket{le="0.005"} 3)",
        R"(xenacm_verdict_seconds_bucket{le="10"} 3)", R"(xenacm_verdict_seconds_bucket{le="+Inf"} 4)",
        "xenacm_verdict_seconds_count 4", "xenacm_verdict_seconds_sum 11.003002001"}) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, ANameCannotBeTakenForAnythingElse) {
  const std::string text = text_with(Tally(), "a\"} 0\nxenacm_enforcing 1\n\\");
  EXPECT_TRUE(has_line(text, R"(xenacm_audit_output_position{output="a\"} 0\nxenacm_enforcing 1\n\\"} 7)")) << text;
  EXPECT_FALSE(has_line(text, "xenacm_enforcing 1"));
  EXPECT_EQ(count_lines(text), count_lines(text_with(Tally())));
}

// Xen's own service starts it before any gate: an alert for it would burn for ever on a healthy host.
TEST(Metrics, AnExpectedConnectionRoundTheGateIsNotCounted) {
  json gate{{"enabled", true}};
  gate["bypass"] = json::array(
      {{{"pid", 70}, {"program", "/usr/sbin/xenconsoled"}, {"way", "older connection"}, {"expected", true}}});
  EXPECT_TRUE(has_line(text_with(Tally(), "journald", gate), "xenacm_gate_bypass 0"));
  gate["bypass"].push_back(
      {{"pid", 71}, {"program", "/usr/sbin/libvirtd"}, {"way", "older connection"}, {"expected", false}});
  EXPECT_TRUE(has_line(text_with(Tally(), "journald", gate), "xenacm_gate_bypass 1"));
}

TEST(Metrics, TellOfTheLogHowFarItIsSigned) {
  const std::string text = text_with(Tally());
  EXPECT_TRUE(has_line(text, "xenacm_audit_last_record 12"));
  EXPECT_TRUE(has_line(text, "xenacm_audit_checkpoint_record 10"));
  EXPECT_TRUE(has_line(text, "xenacm_audit_checkpoint_timestamp_seconds 1.5"));
}

}  // namespace
}  // namespace xenacm::api
