// SPDX-License-Identifier: Apache-2.0
// A domain described in JSON, by whoever has no xl configuration (schemas/openapi.yaml, DomainDescription)
#include <gtest/gtest.h>

#include "enforcer/api/start_request.h"

namespace xenacm::api {
namespace {

using nlohmann::json;

std::expected<xen::DomainConfig, std::string> read(const char* domain) {
  return read_description({{"domain", json::parse(domain)}});
}

TEST(DomainJson, ReadsWhatLabelsAreAbout) {
  const auto config = read(R"({"name": "a", "uuid": "00000000-0000-4000-8000-000000000001", "label": "A-Bank",
    "disks": [{"name": "/dev/vg/a"}, {"name": "file:/b.img", "backend": "diskdom"}],
    "vifs": [{}, {"backend": "nicdom", "bridge": "b", "nic": "eth0", "number": 4}, {"bridge": ""}],
    "pci": ["04:00.0"]})");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->name.get(), "a");
  EXPECT_EQ(config->uuid->get(), "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(config->access_control->label, "A-Bank");
  EXPECT_EQ(config->access_control->policy, "");
  ASSERT_EQ(config->disks.size(), 2u);
  EXPECT_EQ(config->disks[0].resource->get(), "phy:/dev/vg/a");
  EXPECT_EQ(config->disks[1].resource->get(), "file:/b.img");
  EXPECT_EQ(config->disks[1].backend, "diskdom");
  ASSERT_EQ(config->vifs.size(), 3u);
  EXPECT_EQ(config->vifs[0].bridge, "xenbr0") << "what libxl takes";
  EXPECT_EQ(config->vifs[1].number, 4u);
  EXPECT_EQ(config->vifs[2].bridge, "") << "said to be none";
  EXPECT_EQ(config->pci.at(0).resource.get(), "pci:0000:04:00.0");
}

TEST(DomainJson, ReadsAnXlConfigurationAsXlDoes) {
  const auto config = read_description({{"config", "name='a'\npci=['04:00.0']\n"}, {"file", "a.cfg"}});
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->pci.size(), 1u);
  const auto wrong = read_description({{"config", "name="}, {"file", "a.cfg"}});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().find("a.cfg"), std::string::npos) << wrong.error();
}

TEST(DomainJson, AUuidAloneIsEnough) {
  const auto config = read(R"({"uuid": "00000000-0000-4000-8000-000000000001"})");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->name.get(), "");
}

struct Wrong {
  const char* domain;
  const char* why;
};

TEST(DomainJson, TellsWhatItDoesNotUnderstandAndOverlooksNothing) {
  const std::vector<Wrong> all{
      {"[]", "must be an object"},
      {"{}", "needs a name or a uuid"},
      {R"({"name": ""})", "needs a name or a uuid"},
      {R"({"name": 1})", "'name' of it must be a string"},
      {R"({"name": "a", "uuid": "1"})", "'1' is not a uuid"},
      {R"({"name": "a", "lable": "x"})", "no key 'lable'"},
      {R"({"name": "a", "disks": {}})", "'disks' must be a list"},
      {R"({"name": "a", "disks": ["/dev/a"]})", "disks 0 must be an object"},
      {R"({"name": "a", "disks": [{}]})", "disks 0"},
      {R"({"name": "a", "disks": [{"name": "/dev/a", "dev": "b"}]})", "no key 'dev'"},
      {R"({"name": "a", "disks": [{"name": "/a/../b"}]})", "disks 0"},
      {R"({"name": "a", "vifs": [{"number": -1}]})", "'number' of vifs 0"},
      {R"({"name": "a", "vifs": [{"number": 1024}]})", "'number' of vifs 0"},
      {R"({"name": "a", "vifs": [{"bridge": null}]})", "'bridge' of vifs 0"},
      {R"({"name": "a", "pci": [4]})", "pci 0 must be a string"},
      {R"({"name": "a", "pci": ["four"]})", "pci 0"},
  };
  for (const Wrong& wrong : all) {
    const auto config = read(wrong.domain);
    ASSERT_FALSE(config) << wrong.domain;
    EXPECT_NE(config.error().find(wrong.why), std::string::npos) << wrong.domain << ": " << config.error();
  }
}

TEST(DomainJson, NeedsOneOfTheTwoForms) {
  EXPECT_FALSE(read_description(json::object()));
  EXPECT_FALSE(read_description({{"config", 1}}));
  EXPECT_FALSE(read_description({{"config", "name='a'"}, {"domain", {{"name", "a"}}}}));
}

}  // namespace
}  // namespace xenacm::api
