// SPDX-License-Identifier: Apache-2.0
// labeltool audit: what it asks of the daemon, the formats, and --follow
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <sstream>
#include <thread>

#include "enforcer/api/client.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/scripted_daemon.h"

namespace xenacm::labeltool::test {
namespace {

using nlohmann::json;

json record(std::int64_t seq) {
  return {{"seq", seq},
          {"time", 1'700'000'000'000'000 + seq},
          {"action", "attach vif 0"},
          {"subject", "client2"},
          {"subject_label", "AutoCorp"},
          {"object", "nicdom"},
          {"object_label", "A-Bank"},
          {"decision", "deny"},
          {"rule", "ste"},
          {"message", "no type"},
          {"mode", "enforcing"},
          {"policy", {{"name", "mytest"}, {"version", "1.0"}, {"digest", ""}}},
          {"reasons", json::array()},
          {"via", "gate"},
          {"toolstack", "xl"},
          {"uid", 0},
          {"gid", 0},
          {"pid", 2231},
          {"exe", "/usr/sbin/xl"},
          {"latency_us", 12}};
}

class Audit : public testing::Test {
 protected:
  // What is asked for, of a log that has one record.
  [[nodiscard]] std::string target(const std::vector<std::string>& words) const {
    const ScriptedDaemon daemon(socket(),
                                [](const Request&) { return Scripted{.body = json::array({record(1)}).dump()}; });
    (void)run(audit_command, words, socket());
    std::filesystem::remove(socket());
    return daemon.asked().empty() ? "" : daemon.asked().back().line;
  }
  [[nodiscard]] Ran audit(const std::vector<std::string>& words, const json& records) const {
    const ScriptedDaemon daemon(socket(), [&](const Request&) { return Scripted{.body = records.dump()}; });
    Ran ran = run(audit_command, words, socket());
    std::filesystem::remove(socket());
    return ran;
  }
  [[nodiscard]] std::filesystem::path socket() const { return workplace.folder() / "socket"; }
  Workplace workplace;
};

TEST_F(Audit, LeavesTheChoiceToTheDaemon) {
  EXPECT_EQ(target({}), "GET /v1/audit?limit=1000");
  EXPECT_EQ(target({"--denied", "--limit", "5"}), "GET /v1/audit?limit=5&refused=1");
  EXPECT_EQ(target({"--domain", "a&b c", "--label", "A-Bank", "--resource", "phy:vg/a", "--rule", "ste", "--toolstack",
                    "xl"}),
            "GET /v1/audit?limit=1000&domain=a%26b%20c&label=A-Bank&resource=phy%3Avg%2Fa&rule=ste&toolstack=xl");
  EXPECT_EQ(target({"--since", "2026-11-22T12:00:00Z", "--until", "2026-11-22T12:00:01Z"}),
            "GET /v1/audit?limit=1000&since=1795348800000000&until=1795348801000000");
}

TEST_F(Audit, AsksForAUserAProcessOrAProgramByOneWord) {
  EXPECT_EQ(target({"--who", "2231"}), "GET /v1/audit?limit=1000&uid=2231&pid=2231");
  EXPECT_EQ(target({"--who", "xl"}), "GET /v1/audit?limit=1000&program=xl");
  const passwd* root = ::getpwuid(0);
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(target({"--who", root->pw_name}),
            std::string("GET /v1/audit?limit=1000&program=") + root->pw_name + "&uid=0");
}

TEST_F(Audit, PrintsALineOfJsonForEachRecord) {
  const Ran ran = audit({"--format", "jsonl"}, {record(1), record(2)});
  std::istringstream lines(ran.out);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line), record(1));
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line), record(2));
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(Audit, PrintsCommaSeparatedValuesThatNoSpreadsheetRuns) {
  json hostile = record(7);
  hostile["subject"] = "=cmd|' /C calc'!A0";
  hostile["object"] = "a,\"b\"\nc";
  const Ran ran = audit({"--format", "csv"}, json::array({hostile}));
  EXPECT_EQ(ran.out,
            "seq,time,decision,action,subject,subject_label,object,object_label,rule,message,mode,policy,version,"
            "toolstack,via,uid,gid,pid,exe,latency_us\n"
            "7,2023-11-14T22:13:20.000007Z,deny,attach vif 0,\"'=cmd|' /C calc'!A0\",AutoCorp,\"a,\"\"b\"\"?c\",A-Bank,"
            "ste,no type,enforcing,mytest,1.0,xl,gate,0,0,2231,/usr/sbin/xl,12\n");
}

TEST_F(Audit, NamesTheOptionThatIsWrongAndAsksNothing) {
  struct Case {
    std::vector<std::string> words;
    std::string said;
  };
  const Case cases[] = {
      {{"--since", "noon"}, "--since: 'noon' is no time; the forms are "},
      {{"--until", "2h30m"}, "--until: '2h30m' is no time; the forms are "},
      {{"--format", "xml"}, "Unknown format 'xml'; the formats are table, jsonl and csv"},
      {{"--json", "--follow"}, "--json prints one array; "},
      {{"--json", "--format", "csv"}, "--json prints one array; "},
  };
  for (const auto& [words, said] : cases) {
    const Ran ran = run(audit_command, words, socket());
    ASSERT_TRUE(ran.failure) << said;
    EXPECT_EQ(ran.failure->message.substr(0, said.size()), said);
  }
}

// A log of which a filter chooses every third record. It grows with every look at its end, and in between, and after
// `looks` of them nobody may ask any more.
class GrowingLog {
 public:
  explicit GrowingLog(std::int64_t end, int looks) : end_(end), looks_(looks) {}

  Scripted operator()(const Request& request) {
    const bool looks_at_end = request.line == "GET /v1/audit?limit=1";
    if (looks_at_end && --looks_ < 0) return {.status = 403, .body = R"({"error": {"message": "enough"}})"};
    json list = json::array();
    if (looks_at_end) {
      list.push_back(record(end_));
    } else {
      for (std::int64_t seq = after(request.line) + 1; seq <= end_; ++seq) {
        if (seq % 3 == 0 && list.size() < 1000) list.push_back(record(seq));
      }
    }
    end_ += request.line.find("after=") == std::string::npos ? 700 : 7000;  // more than a page holds
    return {.body = list.dump()};
  }
  [[nodiscard]] std::int64_t end() const { return end_; }

  static std::int64_t after(const std::string& line) {
    const std::size_t at = line.find("after=");
    return at == std::string::npos ? 0 : std::stoll(line.substr(at + 6));
  }

 private:
  std::int64_t end_;
  int looks_;
};

std::vector<std::int64_t> numbers(const std::string& lines) {
  std::vector<std::int64_t> found;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) found.push_back(json::parse(line).at("seq"));
  return found;
}

void expect_every_third(const std::vector<std::int64_t>& shown, std::int64_t at_least) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    ASSERT_EQ(shown[i], 3 * static_cast<std::int64_t>(i + 1)) << "left out or shown twice";
  }
  EXPECT_GE(shown.size(), static_cast<std::size_t>(at_least / 3));
}

TEST_F(Audit, FollowsWithoutLeavingARecordOutOrShowingOneTwice) {
  GrowingLog log(2, 5);
  const ScriptedDaemon daemon(socket(), [&](const Request& request) { return log(request); });
  const Ran ran = run(audit_command, {"--follow", "--format", "jsonl", "--domain", "x"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "enough");
  expect_every_third(numbers(ran.out), 2 + 5 * 700);
}

TEST_F(Audit, FollowsOnWhenTheDaemonIsBack) {
  GrowingLog log(2, 1000);
  std::atomic<bool> enough = false;
  const auto script = [&](const Request& request) {
    return enough ? Scripted{.status = 403, .body = R"({"error": {"message": "enough"}})"} : log(request);
  };
  auto daemon = std::make_unique<ScriptedDaemon>(socket(), script);
  // Until the follower has got as far as that record.
  const auto asks_beyond = [&](std::int64_t seq) {
    const auto asked = daemon->asked();
    return std::ranges::any_of(asked, [&](const Request& request) { return GrowingLog::after(request.line) >= seq; });
  };
  const auto wait_until_beyond = [&](std::int64_t seq) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!asks_beyond(seq) && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return asks_beyond(seq);
  };
  Ran ran;
  std::jthread following(
      [&] { ran = run(audit_command, {"--follow", "--format", "jsonl", "--domain", "x"}, socket()); });
  ASSERT_TRUE(wait_until_beyond(1));
  daemon.reset();
  std::filesystem::remove(socket());
  const std::int64_t before = log.end();
  daemon = std::make_unique<ScriptedDaemon>(socket(), script);
  ASSERT_TRUE(wait_until_beyond(before));
  enough = true;
  following.join();
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "enough");
  expect_every_third(numbers(ran.out), before);
}

TEST_F(Audit, DoesNotFollowIntoAnotherLog) {
  int looks = 0;
  const ScriptedDaemon daemon(
      socket(), [&](const Request&) { return Scripted{.body = json::array({record(++looks < 3 ? 90 : 4)}).dump()}; });
  const Ran ran = run(audit_command, {"--follow", "--format", "jsonl"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message,
            "The audit log is another one than before: it ends at record 4, and 90 was there already.");
}

}  // namespace
}  // namespace xenacm::labeltool::test
