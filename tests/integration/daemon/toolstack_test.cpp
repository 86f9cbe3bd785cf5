// SPDX-License-Identifier: Apache-2.0
// The main job, as a toolstack sees it (docs/architecture.md, G1-G5)
#include "tests/integration/daemon/toolstack.h"

#include <gtest/gtest.h>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

class Host : public testing::Test {
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
  [[nodiscard]] nlohmann::json refusals() const {
    return nlohmann::json::parse(dom0.tool({"audit", "--denied", "--json"}));
  }

  Dom0 dom0;
};

TEST_F(Host, AdmitsDomainsThatTheWallLetsTogetherAndLinksThatShareAType) {
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(xl.create(1, "nicdom"));
  EXPECT_TRUE(xl.create(2, "client1"));
  EXPECT_TRUE(xl.attach_vif(2, 1));
  EXPECT_TRUE(xl.exists("/local/domain/1/backend/vif/2/0/frontend"));
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 2);
  EXPECT_EQ(dom0.status()["links"], 1);
  EXPECT_TRUE(refusals().empty());
}

TEST_F(Host, RefusesALinkBetweenStrangersAndLeavesNoTraceOfIt) {
  Toolstack xl(dom0.xenstored());
  xl.create(1, "nicdom");
  xl.create(3, "client2");
  EXPECT_FALSE(xl.attach_vif(3, 1));
  EXPECT_EQ(xl.error(), EACCES);
  EXPECT_FALSE(xl.exists("/local/domain/1/backend/vif/3/0/frontend"));
  EXPECT_FALSE(xl.exists("/local/domain/3/device/vif/0/backend"));
  EXPECT_FALSE(xl.exists("/libxl/3/device/vif/0/backend"));
  ASSERT_EQ(refusals().size(), 1u);
  EXPECT_EQ(refusals()[0]["rule"], "ste");
  EXPECT_EQ(refusals()[0]["subject"], "client2");
  EXPECT_EQ(refusals()[0]["object"], "nicdom");
  EXPECT_EQ(refusals()[0]["via"], "gate");
  EXPECT_EQ(refusals()[0]["pid"], ::getpid()) << "the toolstack's";
  EXPECT_NE(dom0.tool({"why"}).find("the two labels share no STE type"), std::string::npos);
}

TEST_F(Host, RefusesADomainInConflictUntilTheOthersAreGone) {
  Toolstack xl(dom0.xenstored());
  xl.create(1, "nicdom");
  xl.create(2, "client1");
  EXPECT_FALSE(xl.create(4, "domain2"));
  EXPECT_EQ(xl.error(), EACCES);
  EXPECT_FALSE(xl.exists("/local/domain/4/vm"));
  EXPECT_NE(dom0.tool({"why"}).find("holds    A-Bank x 2: nicdom (A-Bank), client1 (A-Bank)"), std::string::npos)
      << dom0.tool({"why"});
  xl.destroy(1);
  xl.destroy(2);
  EXPECT_TRUE(Dom0::wait_until([&] { return !dom0.status()["running_types"].contains("A-Bank"); }));
  EXPECT_TRUE(xl.create(5, "domain2"));
}

TEST_F(Host, ADomainThatEndedAMomentAgoStandsInNobodysWay) {
  Toolstack xl(dom0.xenstored());
  for (unsigned domid = 1; domid < 20; domid += 2) {
    ASSERT_TRUE(xl.create(domid, "client1"));
    dom0.xenstored().remove_domain(domid);  // and no event tells of it
    ASSERT_TRUE(xl.create(domid + 1, "domain2")) << domid;
    dom0.xenstored().remove_domain(domid + 1);
  }
}

// A build that fails before its introduction leaves no event behind, only a hypervisor without the domain.
TEST_F(Host, ADomainThatWasAdmittedButNeverBuiltGivesItsTypesBack) {
  Toolstack xl(dom0.xenstored());
  xl.create(1, "nicdom");
  dom0.xenstored().remove_domain(1);
  EXPECT_TRUE(Dom0::wait_until([&] { return !dom0.status()["running_types"].contains("A-Bank"); }));
}

TEST_F(Host, DetachingALinkIsNeverRefusedAndIsRecorded) {
  Toolstack xl(dom0.xenstored());
  xl.create(1, "nicdom");
  xl.create(2, "client1");
  xl.attach_vif(2, 1);
  xl.detach_vif(2, 1);
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 0; }));
  EXPECT_TRUE(xl.attach_vif(2, 1)) << "and again";
}

TEST_F(Host, PermissiveModeBlocksNothingAndTellsWhatItWouldHave) {
  dom0.tool({"mode", "permissive"});
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(xl.create(1, "nicdom"));
  EXPECT_TRUE(xl.create(3, "client2"));
  EXPECT_TRUE(xl.create(4, "domain2"));
  EXPECT_TRUE(xl.attach_vif(3, 1));
  ASSERT_EQ(refusals().size(), 2u);
  for (const auto& record : refusals()) EXPECT_EQ(record["decision"], "would-deny");
}

}  // namespace
}  // namespace xenacm::test
