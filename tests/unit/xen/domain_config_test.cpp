// SPDX-License-Identifier: Apache-2.0
// Configurations with which libxlutil does not get along
#include "enforcer/xen/domain_config.h"

#include <gtest/gtest.h>

namespace xenacm::xen {
namespace {

TEST(DomainConfig, ADiskWithALineBreakDoesNotEndTheProcess) {
  for (const char* disk : {"a\nb", "phy:/dev/a,xvda,w\n", "\n", "phy:/dev/a,xvda,\x7f"}) {
    EXPECT_FALSE(parse_disk(disk)) << disk;
  }
  const auto config = parse_domain_config("name = 'a'\ndisk = [ 'phy:/dev/a\\nb,xvda,w' ]\n", "a.cfg");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().find("control characters"), std::string::npos) << config.error();
}

TEST(DomainConfig, ANulInAStringDoesNotEndTheProcess) {
  const auto config = parse_domain_config(std::string("name = 'a'\nextra = 'x\0y'\n", 25), "a.cfg");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().find("a.cfg contains a NUL"), std::string::npos) << config.error();
}

TEST(DomainConfig, WhatALineBelowWouldMakeAnErrorIsOneAtItsEnd) {
  EXPECT_FALSE(parse_domain_config("name = 'a'\x08", "a.cfg")) << "addlabel appends a line";
  EXPECT_TRUE(parse_domain_config("name = 'a'", "a.cfg"));
}

TEST(DomainConfig, ADiskIsNotReadAsIfItEndedAtANul) {
  EXPECT_FALSE(parse_disk(std::string("phy:/dev/a,xvda,w\0,backend=nicdom", 33)));
}

}  // namespace
}  // namespace xenacm::xen
