// SPDX-License-Identifier: Apache-2.0
// Labelled disk images, as a toolstack and the file system see them (docs/resources.md)
#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

class Images : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    dom0.tool({"addlabel", "A-Bank", "mgt", "bank"});
    dom0.tool({"addlabel", "AutoCorp", "mgt", "cars"});
    make("bank.img");
    dom0.tool({"addlabel", "A-Bank", "res", "file:" + path("bank.img")});
    toolstack.emplace(dom0.xenstored());
    toolstack->create(1, "bank");
    toolstack->create(2, "cars");
  }

  [[nodiscard]] std::string path(const std::string& name) const { return dom0.folder() / name; }
  void make(const std::string& name) const { std::ofstream(path(name)) << name; }
  [[nodiscard]] std::string last_rule() const {
    return nlohmann::json::parse(dom0.tool({"why", "--json"})).value("rule", "");
  }

  Dom0 dom0;
  std::optional<Toolstack> toolstack;  // connects once the gate is there
};

TEST_F(Images, GoToTheDomainsThatShareTheirTypeAndToNoOther) {
  EXPECT_FALSE(toolstack->attach_image(2, path("bank.img")));
  EXPECT_EQ(toolstack->error(), EACCES);
  EXPECT_FALSE(toolstack->exists("/local/domain/0/backend/qdisk/2/51712"));
  EXPECT_EQ(last_rule(), "resource");
  EXPECT_TRUE(toolstack->attach_image(1, path("bank.img")));
  const auto records = nlohmann::json::parse(dom0.tool({"audit", "--limit", "1", "--json"}));
  EXPECT_EQ(records.at(0).value("object", ""), "Domain-0 (file:" + path("bank.img") + ")") << "who got what";
}

TEST_F(Images, KeepTheirLabelUnderEveryOtherName) {
  std::filesystem::create_hard_link(path("bank.img"), path("hard.img"));
  std::filesystem::create_symlink(path("bank.img"), path("soft.img"));
  for (const char* name : {"hard.img", "soft.img"}) {
    EXPECT_FALSE(toolstack->attach_image(2, path(name))) << name;
    EXPECT_TRUE(toolstack->attach_image(1, path(name))) << name;
  }
  std::filesystem::rename(path("bank.img"), path("renamed.img"));
  EXPECT_FALSE(toolstack->attach_image(2, path("renamed.img")));
}

TEST_F(Images, WhatIsMadeAnewUnderALabelledNameGoesToNobody) {
  std::filesystem::remove(path("bank.img"));
  make("bank.img");
  EXPECT_FALSE(toolstack->attach_image(1, path("bank.img")));
  EXPECT_EQ(last_rule(), "integrity");
  const auto findings = nlohmann::json::parse(dom0.labeltool({"resources", "--check", "--json"}).out);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0]["finding"], "replaced");
  dom0.tool({"resources", "--repair", "file:" + path("bank.img"), "adopt"});
  EXPECT_TRUE(toolstack->attach_image(1, path("bank.img")));
}

TEST_F(Images, InUseKeepTheirLabelUntilTheDomainIsGone) {
  toolstack->attach_image(1, path("bank.img"));
  const Finished refused = dom0.labeltool({"rmlabel", "res", "file:" + path("bank.img")});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("in use"), std::string::npos) << refused.err;
  toolstack->destroy(1);
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.status()["links"] == 0; }));
  dom0.tool({"rmlabel", "res", "file:" + path("bank.img")});
}

TEST_F(Images, TheirBindingsOutliveTheDaemon) {
  dom0.stop();
  std::filesystem::rename(path("bank.img"), path("renamed.img"));
  dom0.start();
  Toolstack again(dom0.xenstored());
  EXPECT_FALSE(again.attach_image(2, path("renamed.img")));
  EXPECT_TRUE(again.attach_image(1, path("renamed.img")));
}

}  // namespace
}  // namespace xenacm::test
