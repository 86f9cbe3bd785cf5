// SPDX-License-Identifier: Apache-2.0
// Those who speak to xenstored round the gate are named (docs/gate.md, "Round the gate")
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::test {
namespace {

using gate::testing::RawClient;
using nlohmann::json;

// This test is the program that is seen.
class BypassSeen : public testing::Test {
 protected:
  [[nodiscard]] json seen() const { return dom0.status()["lines"]["gate"]["bypass"]; }
  [[nodiscard]] bool sees(const std::string& way) const {
    const json self{{"pid", ::getpid()},
                    {"program", std::filesystem::read_symlink("/proc/self/exe")},
                    {"way", way},
                    {"expected", false}};
    return Dom0::wait_until([&] { return std::ranges::count(seen(), self) == 1; });
  }
  [[nodiscard]] std::vector<std::string> alarms() const {
    std::vector<std::string> all;
    for (const json& record : json::parse(dom0.tool({"audit", "--json"}))) {
      if (record["action"] == "alarm")
        all.push_back(record["subject"].get<std::string>() + ": " + record["object"].get<std::string>());
    }
    return all;
  }
  [[nodiscard]] static std::string self() {
    return std::filesystem::read_symlink("/proc/self/exe").string() + " (pid " + std::to_string(::getpid()) + ")";
  }

  Dom0 dom0;
};

TEST_F(BypassSeen, AClientThatConnectedBeforeTheGateStarted) {
  RawClient older(dom0.xenstored().socket_path());
  ASSERT_NE(older.read("/"), "closed");
  dom0.start();
  RawClient by_the_gate(dom0.xenstored().socket_path());
  ASSERT_NE(by_the_gate.read("/"), "closed");
  ASSERT_TRUE(sees("older connection")) << seen();
  EXPECT_EQ(seen().size(), 1u) << seen();
  EXPECT_NE(dom0.tool({"status"}).find("(pid " + std::to_string(::getpid()) + "): older connection\n"),
            std::string::npos)
      << dom0.tool({"status"});
  EXPECT_EQ(alarms(), std::vector<std::string>{self() + ": older connection"});
  EXPECT_NE(dom0.log().find("round the gate: older connection"), std::string::npos);

  older.hang_up();
  EXPECT_TRUE(Dom0::wait_until([&] { return seen().empty(); })) << seen();
}

TEST_F(BypassSeen, AClientOfXenstoredsOtherName) {
  dom0.start();
  const std::string name = dom0.xenstored().socket_path().string() + ".real";
  {
    const RawClient direct(name);
    ASSERT_TRUE(sees("socket.real")) << seen();
  }
  ASSERT_TRUE(Dom0::wait_until([&] { return seen().empty(); })) << seen();
  const RawClient again(name);
  ASSERT_TRUE(sees("socket.real")) << seen();
  EXPECT_EQ(alarms().size(), 1u) << "once for each process";
}

TEST_F(BypassSeen, NobodyWhereAllComeByTheGate) {
  dom0.start();
  RawClient one(dom0.xenstored().socket_path());
  ASSERT_NE(one.read("/"), "closed");
  EXPECT_EQ(seen(), json::array());
  EXPECT_EQ(dom0.tool({"status"}).find("round the gate"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::test
