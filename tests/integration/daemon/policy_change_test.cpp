// SPDX-License-Identifier: Apache-2.0
// What setpolicy refuses and how it says so; what is left of a change after a kill; the log of many changes at once
// (docs/policy-change.md)
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "tests/integration/daemon/labeltool_table.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

class PolicyChange : public LabeltoolTable {
 protected:
  [[nodiscard]] std::string digest() const { return dom0.status()["policy"]["digest"]; }
  // mytest_update with every `pattern` replaced, in a file.
  [[nodiscard]] std::string update_with(const std::vector<std::pair<std::string, std::string>>& changes) const {
    std::string text = contents(kUpdate);
    for (const auto& [pattern, by] : changes) {
      const std::string changed = std::regex_replace(text, std::regex(pattern), by);
      EXPECT_NE(changed, text) << "the example no longer has " << pattern;
      text = changed;
    }
    return file("changed.xml", text);
  }
  [[nodiscard]] std::vector<json> audit() const {
    return json::parse(dom0.client().call("GET", "/v1/audit?limit=10000")->body).get<std::vector<json>>();
  }
};

TEST_F(PolicyChange, ADocumentWithSeveralFaultsIsToldAllOfThemAndNothingChanges) {
  const std::string before = digest();
  const std::string bad = XENACM_SOURCE_DIR "/tests/policies/bad/everything-at-once.xml";
  const Finished refused = dom0.labeltool({"setpolicy", "ACM", bad});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.out, "");
  std::istringstream expected(contents(XENACM_SOURCE_DIR "/tests/policies/bad/everything-at-once.expected"));
  for (std::string line; std::getline(expected, line);) {
    EXPECT_NE(refused.err.find(bad + ":" + line), std::string::npos) << line << "\n" << refused.err;
  }
  EXPECT_NE(refused.err.find("Error: An error occurred trying to set the policy: "), std::string::npos) << refused.err;
  EXPECT_EQ(digest(), before);
}

TEST_F(PolicyChange, WhatDoesNotFitThePresentPolicyAndWhatRunsIsToldAllAtOnce) {
  const std::string before = digest();
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "stray"));
  const std::string foreign = update_with({{"(<FromPolicy>\\s*<PolicyName>)mytest", "$1other"},
                                           {"<Version>1\\.1</Version>", "<Version>0.9</Version>"},
                                           {"from=\"A-Bank.MarketAnalysis\"", "from=\"Nobody\""}});
  const Finished refused = dom0.labeltool({"setpolicy", "ACM", foreign});
  EXPECT_EQ(refused.status, 1);
  for (const char* said :
       {"its FromPolicy is other 1.0, but mytest 1.0 is enforced", "its version 0.9 is not greater than 1.0",
        "renames 'Nobody'", "label: VM 'stray'", "stop stray, or keep or rename its label in the new policy"}) {
    EXPECT_NE(refused.err.find(said), std::string::npos) << said << "\n" << refused.err;
  }
  const auto answer = dom0.client().call("PUT", "/v1/policy", contents(foreign), "application/xml");
  EXPECT_EQ(answer->status, 409u) << answer->body;
  EXPECT_EQ(json::parse(answer->body)["reasons"][0]["subject"]["name"], "stray") << answer->body;
  EXPECT_EQ(digest(), before);
}

TEST_F(PolicyChange, WhatIsNoPolicyAtAllIsRefusedByTheApi) {
  const std::string before = digest();
  for (const std::string& body :
       {std::string(), std::string("\0\xff", 2), std::string("<a/>"), contents(kMytest).substr(0, 2000)}) {
    const auto answer = dom0.client().call("PUT", "/v1/policy", body, "application/xml");
    EXPECT_EQ(answer->status, 422u) << answer->body;
    EXPECT_FALSE(json::parse(answer->body)["diagnostics"].empty()) << answer->body;
  }
  EXPECT_EQ(digest(), before);
}

TEST_F(PolicyChange, WhatWasAnsweredIsInForceAfterAKill) {
  dom0.tool({"addlabel", "A-Bank.MarketAnalysis", "mgt", "client1"});
  dom0.tool({"setpolicy", "ACM", kUpdate});
  dom0.kill();
  dom0.start();
  EXPECT_EQ(dom0.status()["policy"]["version"], "1.1");
  EXPECT_EQ(dom0.status()["mode"], "enforcing");
  play({{{"getlabel", "mgt", "client1"}, 0, "ACM:mytest:A-Bank.MA\n"}});
  dom0.tool({"policy", "rollback"});
  dom0.kill();
  dom0.start();
  play({{{"getlabel", "mgt", "client1"}, 0, "ACM:mytest:A-Bank.MarketAnalysis\n"}});
}

TEST_F(PolicyChange, ManyAtOnceAreOneRowOfChangesInTheLog) {
  const auto client = [&](unsigned number) {
    const api::Client api(dom0.socket());
    for (int round = 0; round < 15; ++round) {
      const std::string label = "/v1/domains/d" + std::to_string(number) + "/label";
      (void)api.call("PUT", label, R"({"label": "A-Bank"})");
      (void)api.call("PUT", "/v1/policy", contents(kUpdate), "application/xml");
      (void)api.call("POST", "/v1/tickets",
                     json{{"domain", {{"name", "d" + std::to_string(number)}}}, {"holder", nullptr}}.dump());
      (void)api.call("POST", "/v1/policy/history/2/restore?force=1");
      (void)api.call("DELETE", label);
    }
  };
  {
    std::vector<std::jthread> clients;
    for (unsigned number = 0; number < 4; ++number) clients.emplace_back(client, number);
  }
  int changes = 0;
  std::string in_force;
  bool may_change = true;
  for (const json& record : audit()) {
    const std::string now = record["policy"]["digest"];
    if (now != in_force) {
      EXPECT_TRUE(may_change) << record;
      ++changes;
    }
    in_force = now;
    const std::string action = record["action"];
    may_change = (action == "setpolicy" || action == "rollback") && record["decision"] == "allow";
  }
  EXPECT_GT(changes, 4);
  EXPECT_EQ(in_force, digest());
}

TEST_F(PolicyChange, WhatCameAndWentWhileTheDaemonWasDeadIsOnRecord) {
  dom0.tool({"addlabel", "AutoCorp", "mgt", "client1"});
  dom0.tool({"addlabel", "AutoCorp", "mgt", "client2"});
  {
    Toolstack xl(dom0.xenstored());
    ASSERT_TRUE(xl.create(1, "client1"));
  }
  dom0.tool({"setpolicy", "ACM", kUpdate});
  const std::int64_t before = audit().back()["seq"];
  ASSERT_EQ(dom0.stop(), 0);
  {
    Toolstack xl(dom0.xenstored());
    xl.destroy(1);
    ASSERT_TRUE(xl.create(2, "client2"));
  }
  dom0.start();
  EXPECT_EQ(dom0.status()["policy"]["version"], "1.1");
  EXPECT_EQ(dom0.status()["mode"], "enforcing");
  EXPECT_EQ(dom0.status()["running_types"]["AutoCorp"], 1);
  std::set<std::string> recorded;
  for (const json& record : audit()) {
    if (record["seq"] > before)
      recorded.insert(record["action"].get<std::string>() + " " + record["subject"].get<std::string>());
  }
  EXPECT_TRUE(recorded.contains("stop client1")) << json(recorded);
  EXPECT_TRUE(recorded.contains("adopt client2")) << json(recorded);
}

}  // namespace
}  // namespace xenacm::test
