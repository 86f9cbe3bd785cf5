// SPDX-License-Identifier: Apache-2.0
// The canonical form of a record (docs/audit.md, RFC 8785)
#include "enforcer/audit/record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace xenacm::audit {
namespace {

using namespace std::chrono_literals;

Record record() {
  return {
      .seq = 184,
      .time = 1'700'000'000'000'000us,
      .monotonic = 77us,
      .what = {.action = "attach vif 0",
               .subject = "client \"2\"\n",
               .object = "nicdom",
               .subject_label = "AutoCorp",
               .object_label = "A-Bank"},
      .decision = "deny",
      .rule = "ste",
      .message = "die beiden Etiketten: \xc3\xa4\x01\x7f",
      .reasons = R"([{"message":"no type","rule":"ste"}])",
      .request = R"({"kind":"attach"})",
      .mode = "enforcing",
      .policy = "mytest",
      .version = "1.0",
      .digest = "ab",
      .who =
          {.via = "gate", .uid = 0, .gid = 5, .pid = 2231, .executable = "/usr/lib/xen-4.17/bin/xl", .toolstack = "xl"},
      .latency = 12us};
}

TEST(Record, IsTheCanonicalJsonOfItsMembers) {
  const std::string text = text_of(record());
  EXPECT_EQ(nlohmann::json::parse(text).dump(), text) << "sorted, without white space, escaped as RFC 8785 has it";
}

TEST(Record, IsReadAsItWasWritten) {
  const auto read = parse_record(text_of(record()));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(text_of(*read), text_of(record()));
  EXPECT_EQ(read->what.subject, "client \"2\"\n");
  EXPECT_EQ(read->who.pid, 2231);
  EXPECT_EQ(read->who.toolstack, "xl");
  EXPECT_EQ(read->what.object_label, "A-Bank");
}

TEST(Record, WithBytesThatAreNoTextIsJsonAllTheSame) {
  Record hostile = record();
  hostile.what.subject = "\xff\xfe\"}";
  const auto read = parse_record(text_of(hostile));
  ASSERT_TRUE(read) << read.error();
  EXPECT_TRUE(read->what.subject.ends_with("\"}"));
}

TEST(Record, OfNonsenseIsAnError) {
  for (const char* text : {"", "{", "[]", "{}", R"({"seq":"1"})"}) EXPECT_FALSE(parse_record(text)) << text;
}

TEST(Toolstack, IsToldByTheProgram) {
  EXPECT_EQ(toolstack_of("/usr/lib/xen-4.17/bin/xl"), "xl");
  EXPECT_EQ(toolstack_of("/usr/sbin/libvirtd"), "libvirt");
  EXPECT_EQ(toolstack_of("/usr/sbin/xenopsd-xc"), "xapi");
  EXPECT_EQ(toolstack_of("/usr/bin/xlate"), "");
  EXPECT_EQ(toolstack_of(""), "");
}

}  // namespace
}  // namespace xenacm::audit
