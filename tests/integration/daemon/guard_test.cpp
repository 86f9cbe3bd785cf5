// SPDX-License-Identifier: Apache-2.0
// What comes round the gate, and the guard's answer to it (docs/guard.md)
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"
#include "tests/xenstored/guest_ring.h"

namespace xenacm::test {
namespace {

class RoundTheGate : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    for (const auto& [name, label] :
         {std::pair{"nicdom", "A-Bank"}, {"client1", "A-Bank"}, {"client2", "AutoCorp"}, {"domain2", "B-Bank"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
  }

  [[nodiscard]] Toolstack past_the_gate() {
    return Toolstack(dom0.xenstored(), dom0.xenstored().socket_path().string() + ".real");
  }
  [[nodiscard]] std::string domain_state(unsigned domid) const {
    std::ifstream file(dom0.xenstored().domain_file("dom/", domid));
    std::ostringstream text;
    text << file.rdbuf();
    return file ? text.str() : "gone";
  }
  [[nodiscard]] int pauses(unsigned domid) const {
    const std::string state = domain_state(domid);
    int count = 0;
    for (auto at = state.find("paused"); at != std::string::npos; at = state.find("paused", at + 1)) ++count;
    return count;
  }
  // As a driver domain's xl devd: sets the back end up, and removes it when it is to go.
  void serve(const std::string& backend) {
    const XenstoreHandle devd = open_xenstore(dom0.xenstored().socket_path().string() + ".real");
    xs_write(devd.get(), XBT_NULL, (backend + "/hotplug-status").c_str(), "connected", 9);
    EXPECT_TRUE(Dom0::wait_until([&] {
      unsigned length = 0;
      const std::unique_ptr<void, decltype(&std::free)> online(
          xs_read(devd.get(), XBT_NULL, (backend + "/online").c_str(), &length), &std::free);
      return online != nullptr && *static_cast<const char*>(online.get()) == '0';
    }));
    xs_rm(devd.get(), XBT_NULL, backend.c_str());
  }
  [[nodiscard]] std::string last_alarm() const { return dom0.status()["lines"]["guard"]["last_alarm"]; }
  [[nodiscard]] nlohmann::json last_refusal() const {
    return nlohmann::json::parse(dom0.tool({"audit", "--denied", "--json"})).back();
  }

  Dom0 dom0;
};

TEST_F(RoundTheGate, ARefusedDomainIsPausedAndThenDestroyed) {
  ASSERT_TRUE(Toolstack(dom0.xenstored()).create(1, "nicdom"));
  Toolstack past = past_the_gate();
  ASSERT_TRUE(past.create(4, "domain2"));
  EXPECT_TRUE(Dom0::wait_until([&] { return pauses(4) == 2; })) << "its toolstack's, and the guard's";
  EXPECT_TRUE(Dom0::wait_until([&] { return domain_state(4) == "gone"; }));
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["lines"]["guard"]["alarms"] == 1; }));
  EXPECT_TRUE(last_alarm().contains("domain 4 \"domain2\" came round the gate and was refused (chinese-wall: "))
      << last_alarm();
  EXPECT_EQ(last_refusal()["via"], "guard");
  EXPECT_EQ(last_refusal()["rule"], "chinese-wall");
  EXPECT_TRUE(Dom0::wait_until([&] { return !dom0.status()["running_types"].contains("B-Bank"); }));
  EXPECT_NE(dom0.tool({"status"}).find("guard              : on: 1 alarms\nlast alarm         : domain 4"),
            std::string::npos)
      << dom0.tool({"status"});
}

TEST_F(RoundTheGate, AnAllowedDomainRunsAndIsReported) {
  Toolstack past = past_the_gate();
  ASSERT_TRUE(past.create(4, "domain2"));
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["adopted"] == nlohmann::json::array({"domain2"}); }));
  EXPECT_TRUE(Dom0::wait_until([&] { return domain_state(4).contains('-') && pauses(4) == 1; }))
      << "the toolstack's own pause: " << domain_state(4);
  EXPECT_EQ(dom0.status()["lines"]["guard"]["alarms"], 0);
}

TEST_F(RoundTheGate, ARefusedLinkIsCutAndLeavesNothing) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "nicdom"));
  ASSERT_TRUE(xl.create(3, "client2"));
  Toolstack past = past_the_gate();
  ASSERT_TRUE(past.attach_vif(3, 1));
  serve("/local/domain/1/backend/vif/3/0");
  EXPECT_TRUE(Dom0::wait_until([&] { return !past.exists("/local/domain/3/device/vif/0"); }));
  EXPECT_FALSE(past.exists("/local/domain/1/backend/vif/3/0"));
  EXPECT_FALSE(past.exists("/libxl/3/device/vif/0"));
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["lines"]["guard"]["alarms"] == 1; }));
  EXPECT_TRUE(last_alarm().contains("vif link 0 of domain 3 with domain 1 came round the gate and was refused (ste: "))
      << last_alarm();
  EXPECT_EQ(last_refusal()["via"], "guard");
  EXPECT_EQ(dom0.status()["links"], 0);
}

TEST_F(RoundTheGate, AnAllowedLinkIsRecordedAndItsEndToo) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "nicdom"));
  ASSERT_TRUE(xl.create(2, "client1"));
  Toolstack past = past_the_gate();
  ASSERT_TRUE(past.attach_vif(2, 1));
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 1; }));
  past.detach_vif(2, 1);
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 0; }));
}

TEST_F(RoundTheGate, AGuestThatPointsItsFrontEndElsewhereLosesIt) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "nicdom"));
  ASSERT_TRUE(xl.create(2, "client1"));
  ASSERT_TRUE(xl.create(3, "client2"));
  ASSERT_TRUE(xl.attach_vif(2, 1));
  for (const char* node : {"", "/backend", "/backend-id"})
    xl.give(2, std::string("/local/domain/2/device/vif/0") + node);
  GuestRing guest(dom0.xenstored(), 2);
  ASSERT_EQ(guest.write("/local/domain/2/device/vif/0/backend", "/local/domain/3/backend/vif/2/0"), "OK");
  serve("/local/domain/1/backend/vif/2/0");
  EXPECT_TRUE(Dom0::wait_until([&] { return !xl.exists("/local/domain/2/device/vif/0"); }));
  EXPECT_FALSE(xl.exists("/local/domain/1/backend/vif/2/0")) << "the link it had goes too";
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 0; }));
  EXPECT_EQ(last_refusal()["rule"], "ste");
}

TEST_F(RoundTheGate, ANameOfAnotherLabelIsReportedAndNotTaken) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(2, "client1"));
  past_the_gate().rename(2, "domain2");
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["lines"]["guard"]["alarms"] == 1; }));
  EXPECT_TRUE(last_alarm().contains("domain 2 \"client1\" was named \"domain2\" round the gate; it keeps"))
      << last_alarm();
  EXPECT_EQ(last_refusal()["rule"], "integrity");
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 1);
}

TEST_F(RoundTheGate, LinksThatCameAndWentWhileTheDaemonWasDownAreReconciled) {
  {
    Toolstack xl(dom0.xenstored());
    ASSERT_TRUE(xl.create(1, "nicdom"));
    ASSERT_TRUE(xl.create(2, "client1"));
    ASSERT_TRUE(xl.create(3, "client2"));
    ASSERT_TRUE(xl.attach_vif(2, 1));
  }
  ASSERT_EQ(dom0.stop(), 0);
  {
    Toolstack xl(dom0.xenstored());
    xl.detach_vif(2, 1);
    ASSERT_TRUE(xl.attach_vif(3, 1));
  }
  dom0.start();
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 1; }));
  const auto record = last_refusal();
  EXPECT_EQ(record["decision"], "would-deny") << "it was there before: it is told, and left alone";
  EXPECT_EQ(record["subject"], "client2");
  EXPECT_TRUE(Toolstack(dom0.xenstored()).exists("/local/domain/1/backend/vif/3/0"));
}

// A new xenstored takes its own name, until the gate has it again.
TEST_F(RoundTheGate, AfterARestartOfXenstoredTheGuardIsBack) {
  ASSERT_TRUE(Toolstack(dom0.xenstored()).create(1, "nicdom"));
  dom0.xenstored().restart();
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.gate_is_in_place(); }));
  ASSERT_TRUE(past_the_gate().create(4, "domain2"));
  EXPECT_TRUE(Dom0::wait_until([&] { return domain_state(4) == "gone"; })) << dom0.log();
}

}  // namespace
}  // namespace xenacm::test
