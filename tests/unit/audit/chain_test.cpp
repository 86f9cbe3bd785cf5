// SPDX-License-Identifier: Apache-2.0
// docs/audit.md, "Chain"
#include "enforcer/audit/chain.h"

#include <gtest/gtest.h>

namespace xenacm::audit {
namespace {

TEST(Chain, HashesThePredecessorAndTheRecord) {
  // printf '%064d' 0 | xxd -r -p | cat - <(printf '{}') | sha256sum
  EXPECT_EQ(to_hex(next_hash(kNoHash, "{}")), "fb1634c4e6cd4b1f1afe3ce2d6ef080f7ac5d1f357d723ad4dfca782733b62db");
  EXPECT_NE(next_hash(next_hash(kNoHash, "{}"), "{}"), next_hash(kNoHash, "{}"));
}

TEST(Chain, HashesAreReadAsTheyAreWritten) {
  const Hash hash = next_hash(kNoHash, "x");
  EXPECT_EQ(hash_of_hex(to_hex(hash)), hash);
  EXPECT_FALSE(hash_of_hex(to_hex(hash).substr(2)));
  EXPECT_FALSE(hash_of_hex(std::string(64, 'G')));
}

TEST(Line, GivesBackTheRecordByteForByte) {
  const Line line{R"({"seq":1,"subject":"\",\"hash\":\"}"})", next_hash(kNoHash, "x")};
  const std::string text = to_text(line);
  EXPECT_TRUE(text.ends_with(R"("hash":")" + to_hex(line.hash) + R"("})")) << text;
  const auto read = parse_line(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->record, line.record);
  EXPECT_EQ(read->hash, line.hash);
}

TEST(Line, ThatIsNoneIsRefused) {
  const std::string hash(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("{}"), R"(,"hash":")" + hash + R"("})",
        R"({"seq":1,"hash":")" + hash.substr(1) + R"("})", R"({"seq":1,"hash":")" + hash + R"("} )"}) {
    EXPECT_FALSE(parse_line(text)) << text;
  }
}

}  // namespace
}  // namespace xenacm::audit
