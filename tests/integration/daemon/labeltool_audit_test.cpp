// SPDX-License-Identifier: Apache-2.0
// labeltool audit and what is below it: a review of what really happened (docs/audit.md, "Review")
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

// nicdom, client1 and client2 run. client2's vif and disk were refused, domain2's start too; then, in permissive mode,
// client2 got its vif.
class AuditReview : public LabeltoolTable {
 protected:
  void SetUp() override {
    LabeltoolTable::SetUp();
    for (const auto& [name, label] :
         {std::pair{"nicdom", "A-Bank"}, {"client1", "A-Bank"}, {"client2", "AutoCorp"}, {"domain2", "B-Bank"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
    image = file("disk.img", "data");
    dom0.tool({"addlabel", "A-Bank", "res", "file:" + image});
    xl.emplace(dom0.xenstored());
    for (const auto& [domid, name] : {std::pair{1U, "nicdom"}, {2U, "client1"}, {3U, "client2"}}) {
      ASSERT_TRUE(xl->create(domid, name));
    }
    ASSERT_TRUE(xl->attach_vif(2, 1));
    ASSERT_FALSE(xl->attach_vif(3, 1));
    ASSERT_FALSE(xl->attach_image(3, image));
    ASSERT_FALSE(xl->create(4, "domain2"));
    dom0.tool({"mode", "permissive"});
    ASSERT_TRUE(xl->attach_vif(3, 1));
  }
  // "ACTION SUBJECT DECISION" of each.
  [[nodiscard]] std::vector<std::string> found(std::vector<std::string> words) const {
    words.insert(words.begin(), "audit");
    words.insert(words.end(), {"--format", "jsonl"});
    std::istringstream text(dom0.tool(words));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
      const json record = json::parse(line);
      lines.push_back(record["action"].get<std::string>() + " " + record["subject"].get<std::string>() + " " +
                      record["decision"].get<std::string>());
    }
    return lines;
  }
  std::string image;
  std::optional<Toolstack> xl;  // once the gate is in its place
};

using Lines = std::vector<std::string>;

TEST_F(AuditReview, IsNarrowedByTheDaemon) {
  const Lines refused = found({"--denied"});
  ASSERT_EQ(refused.size(), 4u);
  EXPECT_EQ(refused[0], "attach vif 0 client2 deny");
  EXPECT_EQ(refused[2], "start domain2 deny");
  EXPECT_EQ(refused[3], "attach vif 0 client2 would-deny");
  EXPECT_EQ(found({"--denied", "--rule", "chinese-wall"}), Lines{"start domain2 deny"});
  EXPECT_EQ(found({"--denied", "--label", "B-Bank"}), Lines{"start domain2 deny"});
  EXPECT_EQ(found({"--denied", "--domain", "nicdom"}),
            (Lines{"attach vif 0 client2 deny", "attach vif 0 client2 would-deny"}));
  const Lines of_disk = found({"--resource", "file:" + image});
  ASSERT_EQ(of_disk.size(), 2u);
  EXPECT_EQ(of_disk[0], "addlabel res file:" + image + " allow");
  EXPECT_EQ(of_disk[1], refused[1]) << "by its place in the object and in the reason";
  EXPECT_EQ(found({"--since", "1h", "--denied", "--limit", "1"}), Lines{"attach vif 0 client2 would-deny"});
  EXPECT_EQ(found({"--until", "1h"}), Lines{});
  EXPECT_EQ(found({"--who", "labeltool", "--label", "B-Bank"}), Lines{"addlabel mgt domain2 allow"});
  EXPECT_EQ(found({"--who", std::to_string(::getpid()), "--denied"}).size(), 4u);
}

TEST_F(AuditReview, SumsUpWhoWasRefusedWhat) {
  const json summary = json::parse(dom0.tool({"audit", "summary", "--json"}));
  EXPECT_EQ(summary["denied"], 3);
  EXPECT_EQ(summary["would_deny"], 1);
  const json& first = summary["refusals"][0];
  EXPECT_EQ(first["subject"], "client2");
  EXPECT_EQ(first["object"], "nicdom");
  EXPECT_EQ(first["denied"], 1);
  EXPECT_EQ(first["would_deny"], 1);
  EXPECT_EQ(summary["refusals"].size(), 3u);
  EXPECT_EQ(json::parse(dom0.tool({"audit", "summary", "--json", "--rule", "chinese-wall"}))["denied"], 1);
}

TEST_F(AuditReview, SuggestsWhatTheMonitorThenAllows) {
  const std::string text = dom0.tool({"audit", "suggest"});
  EXPECT_TRUE(text.starts_with("WOULD BE DENIED vif link client2 -> nicdom ")) << text;
  EXPECT_NE(text.find("\nste: the two labels share no STE type\n1  policy: declare a new type AutoCorp-A-Bank "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n   allows also: nothing\n"), std::string::npos) << text;

  // Whether it is true: the document, edited as suggested, is put in force.
  const auto replaced = [](std::string document, const std::string& before, const std::string& after) {
    const std::size_t at = document.find(before);
    EXPECT_NE(at, std::string::npos) << before;
    return document.replace(at, before.size(), after);
  };
  std::string document = dom0.tool({"getpolicy", "--dumpxml"});
  document = document.substr(document.find("<?xml"));
  document =
      replaced(document, "<Version>1.0</Version>",
               "<Version>1.1</Version><FromPolicy><PolicyName>mytest</PolicyName><Version>1.0</Version></FromPolicy>");
  const std::string type = "<Type>AutoCorp-A-Bank</Type>";
  document = replaced(document, "<SimpleTypeEnforcementTypes>", "<SimpleTypeEnforcementTypes>" + type);
  for (const char* label : {"SystemManagement", "A-Bank", "AutoCorp"}) {
    const std::string name = std::string("<Name>") + label + "</Name>";
    const std::size_t at = document.find("<SimpleTypeEnforcementTypes>", document.find(name));
    document.insert(at + std::string("<SimpleTypeEnforcementTypes>").size(), type);
  }
  dom0.tool({"mode", "enforcing"});
  xl->detach_vif(3, 1);
  ASSERT_EQ(dom0.labeltool({"whatif", "attach", "client2", "vif", "backend=nicdom"}).status, 1);
  dom0.tool({"setpolicy", "ACM", file("suggested.xml", document)});
  EXPECT_EQ(dom0.labeltool({"whatif", "attach", "client2", "vif", "backend=nicdom"}).status, 0);
  const json after = json::parse(dom0.tool({"audit", "suggest", "--json"}));
  EXPECT_EQ(after["reasons"][0]["note"], "the policy in force lets the two labels share already");
}

TEST_F(AuditReview, SuggestsForAnOlderRecordWhoIsToStop) {
  const json start = json::parse(dom0.tool({"audit", "--rule", "chinese-wall", "--json"}))[0];
  const json found = json::parse(dom0.tool({"audit", "suggest", std::to_string(start["seq"].get<int>()), "--json"}));
  EXPECT_EQ(found["reasons"][0]["suggestions"][0]["what"], "stop nicdom (A-Bank), client1 (A-Bank)");
}

TEST_F(AuditReview, DrawsWhoIsLinkedToWhom) {
  const std::string dot = dom0.tool({"audit", "graph"});
  EXPECT_NE(dot.find("[label=\"vif x 1\\ndenied: ste\", style=dashed, color=red"), std::string::npos) << dot;
  const std::string output = (dom0.folder() / "graph.dot").string();
  EXPECT_EQ(dom0.tool({"audit", "graph", "--output", output}), "");
  EXPECT_EQ(contents(output), dot);
  const json links = json::parse(dom0.tool({"audit", "graph", "--json"}))["links"];
  EXPECT_TRUE(std::ranges::any_of(links, [](const json& link) {
    return link["frontend"] == "client1" && link["backend"] == "nicdom" && link["class"] == "vif" &&
           link["decision"] == "allow";
  })) << links;
}

TEST_F(AuditReview, FollowsWhatHappensUntilItIsInterrupted) {
  const auto log = dom0.folder() / "followed";
  Background following({XENACM_LABELTOOL, "--socket", dom0.socket().string(), "audit", "--follow", "--format", "jsonl",
                        "--limit", "1", "--domain", "client2"},
                       {}, log);
  ASSERT_TRUE(Dom0::wait_until([&] { return contents(log).find("\n") != std::string::npos; })) << contents(log);
  xl->detach_vif(3, 1);
  dom0.tool({"rmlabel", "mgt", "domain2"});
  ASSERT_TRUE(xl->attach_vif(3, 1));
  ASSERT_TRUE(Dom0::wait_until([&] { return contents(log).find("\"detach vif 0\"") != std::string::npos; }));
  ASSERT_TRUE(Dom0::wait_until([&] { return std::ranges::count(contents(log), '\n') >= 3; }));
  following.signal(SIGINT);
  EXPECT_EQ(following.wait(), 128 + SIGINT);
  std::istringstream text(contents(log));
  Lines actions;
  for (std::string line; std::getline(text, line);) actions.push_back(json::parse(line)["action"]);
  EXPECT_EQ(actions, (Lines{"attach vif 0", "detach vif 0", "attach vif 0"}));
}

}  // namespace
}  // namespace xenacm::test
