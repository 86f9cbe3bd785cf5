// SPDX-License-Identifier: Apache-2.0
// Checkpoints (docs/audit.md, "Checkpoints")
#include "enforcer/audit/checkpoint.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace xenacm::audit {
namespace {

using nlohmann::json;

const SigningKey kKey = SigningKey::make();
const std::string kSample = sign_checkpoint(1000, next_hash(kNoHash, "x"), std::chrono::microseconds(17), kKey);

TEST(Checkpoint, SaysWhatItWasSignedFor) {
  const auto read = parse_checkpoint(kSample);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->seq, 1000);
  EXPECT_EQ(read->hash, next_hash(kNoHash, "x"));
  EXPECT_EQ(read->time.count(), 17);
  EXPECT_EQ(read->key.id(), kKey.public_key().id());
  EXPECT_TRUE(read->signature_fits);
}

TEST(Checkpoint, IsCanonicalAndSignedWithoutItsSignature) {
  EXPECT_EQ(kSample, json::parse(kSample).dump());
  json members = json::parse(kSample);
  const std::string signature = members.at("signature");
  members.erase("signature");
  EXPECT_TRUE(kKey.public_key().verify(members.dump(), signature));
}

TEST(Checkpoint, MayBeLaidOutInAnotherWay) {
  EXPECT_TRUE(parse_checkpoint(json::parse(kSample).dump(4) + "\n")->signature_fits);
}

TEST(Checkpoint, OfWhichAnythingWasChangedIsNotSigned) {
  const json sample = json::parse(kSample);
  json other_key = json::parse(sign_checkpoint(1000, kNoHash, std::chrono::microseconds(17), SigningKey::make()));
  for (const auto& [name, value] : std::vector<std::pair<std::string, json>>{{"seq", 1001},
                                                                             {"time", 18},
                                                                             {"hash", std::string(64, '0')},
                                                                             {"signature", other_key["signature"]},
                                                                             {"signature", ""}}) {
    json changed = sample;
    changed[name] = value;
    const auto read = parse_checkpoint(changed.dump());
    ASSERT_TRUE(read) << name;
    EXPECT_FALSE(read->signature_fits) << name;
  }
}

TEST(Checkpoint, ThatIsNoneIsAnError) {
  const json sample = json::parse(kSample);
  for (const auto& [name, value] : std::vector<std::pair<std::string, json>>{{"seq", "1000"},
                                                                             {"seq", 0},
                                                                             {"seq", 1.5},
                                                                             {"seq", 18446744073709551615U},
                                                                             {"time", nullptr},
                                                                             {"hash", "00"},
                                                                             {"hash", std::string(64, 'A')},
                                                                             {"key", "0000000000000000"},
                                                                             {"public_key", "AAAA"},
                                                                             {"public_key", 1},
                                                                             {"signature", 1},
                                                                             {"more", 1}}) {
    json changed = sample;
    changed[name] = value;
    EXPECT_FALSE(parse_checkpoint(changed.dump())) << name << " " << value;
  }
  for (const char* text : {"", "{}", "[]", "null", "{\"seq\":1}"}) EXPECT_FALSE(parse_checkpoint(text)) << text;
}

}  // namespace
}  // namespace xenacm::audit
