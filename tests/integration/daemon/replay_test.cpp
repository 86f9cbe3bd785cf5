// SPDX-License-Identifier: Apache-2.0
// labeltool audit replay: a daemon's log tells whether its verdicts follow from it (docs/audit.md, "Replay")
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

// The log as it is exported, a record a line.
std::vector<std::string> exported(const Dom0& dom0) {
  const auto answer = dom0.client().call("GET", "/v1/audit/lines?limit=10000");
  if (!answer || answer->status != 200) throw std::runtime_error("the daemon does not hand its log out");
  std::istringstream text(answer->body);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

Finished replayed(const Dom0& dom0, const std::vector<std::string>& lines) {
  const std::string file = dom0.folder() / "exported.jsonl";
  std::ofstream out(file);
  for (const std::string& line : lines) out << line << '\n';
  out.close();
  return dom0.labeltool({"audit", "replay", file});
}

// Admitted, refused, killed, started again, refused once more.
void live(Dom0& dom0) {
  dom0.start();
  dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
  dom0.tool({"mode", "enforcing"});
  dom0.tool({"addlabel", "A-Bank", "mgt", "a"});
  dom0.tool({"addlabel", "B-Bank", "mgt", "b"});
  {
    Toolstack xl(dom0.xenstored());
    ASSERT_TRUE(xl.create(1, "a"));
    EXPECT_FALSE(xl.create(2, "b"));
  }
  dom0.kill();
  dom0.start();
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(2, "b"));
}

TEST(Replay, FindsNoDifferenceInADaemonsLog) {
  Dom0 dom0;
  live(dom0);
  const std::vector<std::string> lines = exported(dom0);
  const Finished replay = replayed(dom0, lines);
  EXPECT_EQ(replay.status, 0) << replay.out << replay.err;
  EXPECT_TRUE(dom0.tool({"audit", "replay"}).ends_with(" 0 differences\n")) << "of the daemon's own log";
  EXPECT_TRUE(replay.out.starts_with(std::to_string(lines.size()) + " records, ")) << replay.out;
  EXPECT_TRUE(replay.out.ends_with(" verdicts derived again, 0 differences\n")) << replay.out;
  EXPECT_EQ(replay.out.find(" 0 verdicts"), std::string::npos);
}

TEST(Replay, NamesTheVerdictThatDoesNotFollow) {
  Dom0 dom0;
  live(dom0);
  std::vector<std::string> lines = exported(dom0);
  const auto refused = std::ranges::find_if(
      lines, [](const std::string& line) { return line.find(R"("decision":"deny")") != std::string::npos; });
  ASSERT_NE(refused, lines.end());
  refused->replace(refused->find(R"("deny")"), 6, R"("allow")");
  const Finished replay = replayed(dom0, lines);
  EXPECT_EQ(replay.status, 1);
  const std::string seq = std::to_string(json::parse(*refused)["seq"].get<int>());
  EXPECT_TRUE(replay.out.starts_with("Record " + seq + R"(: decision: recorded "allow", derived "deny")"))
      << replay.out;
  EXPECT_TRUE(replay.out.ends_with(" 1 differences\n")) << replay.out;
}

TEST(Replay, SaysWhichFileItCannotRead) {
  const Dom0 dom0;
  const Finished replay = dom0.labeltool({"audit", "replay", "/none"});
  EXPECT_EQ(replay.status, 1);
  EXPECT_EQ(replay.err, "Error: Could not read file: /none\n");
}

}  // namespace
}  // namespace xenacm::test
