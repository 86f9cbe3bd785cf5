// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys in the forms that others read
#include "enforcer/audit/signature.h"

#include <gtest/gtest.h>

namespace xenacm::audit {
namespace {

// RFC 8410, 10.3 and 10.1: the private key, and its public half.
constexpr const char* kRfcPrivate =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE "
    "KEY-----\n";
constexpr const char* kRfcPublic =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
    "KEY-----\n";
constexpr const char* kX25519 =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC "
    "KEY-----\n";

TEST(Signature, KeysAreThoseOfTheStandard) {
  const auto key = SigningKey::from_pem(kRfcPrivate);
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->public_key().pem(), kRfcPublic);
  EXPECT_EQ(key->public_key().id().size(), 16U);
  EXPECT_EQ(key->public_key().id(), PublicKey::from_pem(kRfcPublic)->id());
  EXPECT_TRUE(PublicKey::from_pem(kRfcPublic)->verify("text", key->sign("text")));
}

TEST(Signature, OfAnotherTextOrKeyDoesNotFit) {
  const SigningKey key = SigningKey::make();
  const std::string signature = key.sign("text");
  EXPECT_TRUE(key.public_key().verify("text", signature));
  EXPECT_FALSE(key.public_key().verify("test", signature));
  EXPECT_FALSE(SigningKey::make().public_key().verify("text", signature));
  for (const std::string& bad : {std::string(), signature.substr(4), signature + "AAAA", " " + signature.substr(1)}) {
    EXPECT_FALSE(key.public_key().verify("text", bad)) << bad;
  }
}

TEST(Signature, AKeyKeepsItsTextForm) {
  const SigningKey key = SigningKey::make();
  const auto again = SigningKey::from_pem(key.pem());
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->public_key().pem(), key.public_key().pem());
  EXPECT_EQ(PublicKey::from_base64(key.public_key().base64())->id(), key.public_key().id());
}

TEST(Signature, OtherKeysAreRefused) {
  for (const char* text : {"", "hello", kX25519, kRfcPrivate}) EXPECT_FALSE(PublicKey::from_pem(text)) << text;
  for (const char* text : {"", "hello", kRfcPublic}) EXPECT_FALSE(SigningKey::from_pem(text)) << text;
  const std::string base64 = PublicKey::from_pem(kRfcPublic)->base64();
  for (const std::string& text :
       {std::string(), std::string("===="), base64.substr(4), base64 + "AAAA", base64 + "\n"}) {
    EXPECT_FALSE(PublicKey::from_base64(text)) << text;
  }
}

TEST(Signature, SeveralPublicKeysMayStandInOneFile) {
  const std::string other = SigningKey::make().public_key().pem();
  const auto keys = PublicKey::all_from_pem("# the keys of host1\n" + std::string(kRfcPublic) + other);
  ASSERT_TRUE(keys) << keys.error();
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ(keys->at(1).pem(), other);
  EXPECT_FALSE(PublicKey::all_from_pem(""));
  EXPECT_FALSE(PublicKey::all_from_pem(kRfcPublic + std::string(kX25519)));
}

}  // namespace
}  // namespace xenacm::audit
