// SPDX-License-Identifier: Apache-2.0
// Canonical names of resources (acm.md 6.1, 6.2; architecture, "Labels")
#include "enforcer/monitor/resource_name.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace xenacm::monitor {
namespace {

struct Case {
  const char* given;
  const char* canonical;  // or, of a bad name, a part of the message
};

class GoodName : public testing::TestWithParam<Case> {};
class BadName : public testing::TestWithParam<Case> {};

TEST_P(GoodName, IsBroughtIntoOneForm) {
  const auto name = parse_resource_name(GetParam().given);
  ASSERT_TRUE(name) << name.error();
  EXPECT_EQ(name->get(), GetParam().canonical);
}

TEST_P(BadName, IsRefusedWithTheRightForm) {
  const auto name = parse_resource_name(GetParam().given);
  ASSERT_FALSE(name) << name->get();
  EXPECT_NE(name.error().find(GetParam().canonical), std::string::npos) << name.error();
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodName,
    testing::Values(Case{"phy:vg/disk", "phy:/dev/vg/disk"}, Case{"phy:/dev/sda1", "phy:/dev/sda1"},
                    Case{"phy:/dev/.//sda1/", "phy:/dev/sda1"}, Case{"file:/vm/./a.img", "file:/vm/a.img"},
                    Case{"file:/vm//a..img", "file:/vm/a..img"}, Case{"tap:aio:/vm/a.img", "tap:aio:/vm/a.img"},
                    Case{"pci:04:00.0", "pci:0000:04:00.0"}, Case{"pci:0000:0A:1f.7", "pci:0000:0a:1f.7"},
                    Case{"bridge:xenbr0", "bridge:xenbr0"}, Case{"bridge:xenbr0@Domain-0", "bridge:xenbr0"},
                    Case{"bridge:xenbr0@nicdom", "bridge:xenbr0@nicdom"}, Case{"nic:eth0", "nic:eth0"},
                    Case{"phy@nicdom:vg/a", "phy@nicdom:/dev/vg/a"}, Case{"phy@Domain-0:vg/a", "phy:/dev/vg/a"},
                    Case{"file@nas:/a/./b", "file@nas:/a/b"}, Case{"vlan:1", "vlan:1"}, Case{"vlan:4095", "vlan:4095"},
                    Case{"vlan:007", "vlan:7"}));

INSTANTIATE_TEST_SUITE_P(
    All, BadName,
    testing::Values(Case{"disk", "contains no ':' delimiter"}, Case{"", "contains no ':' delimiter"},
                    Case{"phy:", "phy:vg/disk"}, Case{"file:a.img", "file:/path/to/image"},
                    Case{"tap:/vm/a.img", "contains no tap subtype"}, Case{"tap::/vm/a", "contains no tap subtype"},
                    Case{"tap:/x:/y", "contains no tap subtype"}, Case{"tap:aio:a", "tap:aio:/path"},
                    Case{"pci:4", "pci:0000:04:00.0"}, Case{"pci:0000:04:20.0", "pci:0000:04:00.0"},
                    Case{"pci:0000:04:00.8", "pci:0000:04:00.0"}, Case{"bridge:", "bridge:xenbr0"},
                    Case{"bridge:a b", "bridge:xenbr0"}, Case{"bridge:a@", "bridge:xenbr0@nicdom"},
                    Case{"vlan:0", "vlan:1 to vlan:4095"}, Case{"vlan:4096", "vlan:1 to vlan:4095"},
                    Case{"vlan:1x", "vlan:1 to vlan:4095"}, Case{"phy@:/dev/a", "phy@DOMAIN:/dev/disk"},
                    Case{"tap@nas:aio:/a", "file@DOMAIN:/path/to/image"}, Case{"nfs:/a", "unknown kind 'nfs'"},
                    Case{"file:/a\nb", "control characters"}));

// Where "/run/.." leads depends on what /run is.
TEST(ResourceName, OnAHostHasNoDotDotInItsPath) {
  for (const char* text :
       {"file:/run/../srv/a.img", "phy:../a", "phy@nas:/dev/../a", "tap:aio:/a/..", "file:/..", "file:/a/../b:c"}) {
    const auto name = parse_host_resource_name(text);
    ASSERT_FALSE(name) << text;
    EXPECT_NE(name.error().find("contains '..'"), std::string::npos) << name.error();
  }
  for (const char* text : {"file:/run/a..img", "file:/run/.../a", "bridge:br..0", "phy:vg/./a"}) {
    EXPECT_TRUE(parse_host_resource_name(text)) << text;
  }
  EXPECT_FALSE(disk_name("/var/run/../srv/bank.img"));
  EXPECT_EQ(parse_resource_name("file:/vm/b/../a.img")->get(), "file:/vm/a.img") << "as text alone";
}

TEST(ResourceName, LongerThanTheLimitIsRefused) {
  EXPECT_TRUE(parse_resource_name("file:/" + std::string(kMaxResourceNameBytes - 6, 'a')));
  EXPECT_FALSE(parse_resource_name("file:/" + std::string(kMaxResourceNameBytes - 5, 'a')));
}

TEST(ResourceName, ADeviceWhoseNameIsTooLongOnceItIsCompletedIsRefused) {
  constexpr std::string_view kCompleted = "phy:/dev/";
  const std::string longest(kMaxResourceNameBytes - kCompleted.size(), 'a');
  EXPECT_TRUE(parse_resource_name("phy:" + longest));
  EXPECT_FALSE(parse_resource_name("phy:" + longest + "a"));
}

TEST(ResourceName, ACanonicalNameIsItsOwnCanonicalForm) {
  const bool held = rc::check("idempotent", [](const std::string& tail) {
    for (const char* kind : {"phy:", "phy@d:", "file:/", "file@d:/", "tap:aio:/", "bridge:", "nic:", "pci:", "vlan:"}) {
      const auto once = parse_resource_name(kind + tail);
      if (!once) continue;
      const auto twice = parse_resource_name(once->get());
      RC_ASSERT(twice.has_value());
      RC_ASSERT(*twice == *once);
    }
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace xenacm::monitor
