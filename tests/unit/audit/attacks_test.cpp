// SPDX-License-Identifier: Apache-2.0
// What is done to a log without the key is found, and named (docs/audit.md, "What an attack looks like")
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/audit/sample_log.h"

namespace xenacm::audit::test {
namespace {

constexpr std::int64_t kSize = 200;

TEST(Attack, OnAnyByteOfARecordIsFoundAtThatRecord) {
  const Log sound = sample_log(12);
  const std::string text = sound[4].record;
  for (std::size_t at = 0; at < text.size(); ++at) {
    Log log = sound;
    log[4].record[at] = static_cast<char>(log[4].record[at] ^ 1);
    EXPECT_EQ(found(verify(log)), "altered 5") << text.substr(0, at);
    log[4].record = text.substr(0, at);
    EXPECT_EQ(found(verify(log)), "altered 5") << "cut after " << log[4].record;
  }
}

TEST(Attack, OnAnyBitOfAHashIsFoundAtItsRecord) {
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Log log = sample_log(12);
    log[4].hash[bit / 8] = static_cast<std::uint8_t>(log[4].hash[bit / 8] ^ (1U << bit % 8));
    const Report report = verify(log);
    EXPECT_EQ(found(report), "altered 5");
    EXPECT_NE(report.finding->message.find("its hash is not that of its text"), std::string::npos);
  }
}

struct Attack {
  const char* name;
  std::function<void(Log&)> done;
  const char* found;
  const char* said;  // a part of it
};

class Attacks : public testing::TestWithParam<Attack> {};

TEST_P(Attacks, AreNamedByTheFirstRecordThatDoesNotFit) {
  Log log = sample_log(kSize);
  GetParam().done(log);
  const Report report = verify(log);
  EXPECT_EQ(found(report), GetParam().found);
  ASSERT_TRUE(report.finding);
  EXPECT_NE(report.finding->message.find(GetParam().said), std::string::npos) << report.finding->message;
}

void replace(std::string& text, const std::string& old, const std::string& other) {
  text.replace(text.find(old), old.size(), other);
}

const Attack kAttacks[] = {
    {"DecisionChanged", [](Log& log) { replace(log[99].record, "deny", "allow"); }, "altered 100",
     "Record 100 was changed: its text does not fit its hash, which the records after it follow from"},
    {"ChangedTogetherWithItsHash",
     [](Log& log) {
       replace(log[99].record, "deny", "allow");
       log[99].hash = next_hash(log[98].hash, log[99].record);
     },
     "altered 101", "or the record before it was changed together with its hash"},
    {"LastOneChanged", [](Log& log) { replace(log.back().record, "deny", "allow"); }, "altered 200",
     "its text and its hash do not fit"},
    {"NumberChanged", [](Log& log) { replace(log[99].record, "\"seq\":100", "\"seq\":150"); }, "altered 100",
     "it has another number than it had"},
    {"NumberOfTheRowChanged", [](Log& log) { log[99].record.insert(log[99].record.size() - 1, ",\"row\":150"); },
     "altered 100", "the ledger has it under another number"},
    {"OneDropped", [](Log& log) { log.erase(log.begin() + 99); }, "missing 100", "Record 100 is missing."},
    {"SomeDropped", [](Log& log) { log.erase(log.begin() + 99, log.begin() + 109); }, "missing 100",
     "The records 100 to 109 are missing."},
    {"TheFirstDropped", [](Log& log) { log.erase(log.begin()); }, "missing 1", "Record 1 is missing."},
    {"OneDroppedAndRechained",
     [](Log& log) {
       log.erase(log.begin() + 99);
       rechain(log, 99);
     },
     "missing 100", "Record 100 is missing, and the hashes after them were made anew."},
    {"NeighboursSwapped", [](Log& log) { std::swap(log[99], log[100]); }, "reordered 100",
     "Record 101 stands where record 100 should"},
    {"MovedBack", [](Log& log) { std::rotate(log.begin() + 99, log.begin() + 100, log.begin() + 120); },
     "reordered 100", "Record 101 stands where record 100 should"},
    {"InsertedWithoutAHash", [](Log& log) { log.insert(log.begin() + 99, Line{record(100), {}}); }, "inserted 100",
     "put in before record 100"},
    {"InsertedWithAHash",
     [](Log& log) {
       std::string text = record(100);
       replace(text, "deny", "allow");
       log.insert(log.begin() + 99, Line{text, next_hash(log[98].hash, text)});
     },
     "inserted 100", "There are two records 100"},
    {"Repeated", [](Log& log) { log.insert(log.begin() + 150, log[99]); }, "inserted 151",
     "A record 100 stands before record 151"},
    {"NoRecordAtAll", [](Log& log) { log[99] = {"hello", {}}; }, "altered 100",
     "what stands in its place is no record"},
};

INSTANTIATE_TEST_SUITE_P(All, Attacks, testing::ValuesIn(kAttacks), [](const auto& test) { return test.param.name; });

class SignedLog : public testing::Test {
 protected:
  SigningKey key = SigningKey::make();
  Log log = sample_log(kSize);
  std::vector<Witness> own{{checkpoint_of(log, 100, key)}, {checkpoint_of(log, 200, key)}};

  [[nodiscard]] Report verify_with(std::vector<Witness> witnesses) const {
    return verify(log, {.witnesses = std::move(witnesses), .trusted = {key.public_key()}});
  }
};

TEST_F(SignedLog, WhoseHashesWereMadeAnewIsNotTheOneThatWasSigned) {
  replace(log[49].record, "deny", "allow");
  rechain(log, 49);
  EXPECT_EQ(found(verify(log)), "") << "the chain alone cannot tell";
  const Report report = verify_with(own);
  EXPECT_EQ(found(report), "rewritten 100");
  EXPECT_EQ(report.records, 100U);
}

TEST_F(SignedLog, ThatIsCutOffIsShorterThanItsOwnCheckpointSays) {
  log.resize(150);
  const Report report = verify_with(own);
  EXPECT_EQ(found(report), "truncated 151");
  EXPECT_EQ(report.finding->message,
            "The log ends with record 150, but a signed checkpoint in it says that there was a record 200. Its end was "
            "cut off.");
}

TEST_F(SignedLog, ThatIsAnOlderCopyIsBehindTheCheckpointThatWasKept) {
  log.resize(150);
  const Report report = verify_with({own[0], {own[1].checkpoint, Source::elsewhere}});
  EXPECT_EQ(found(report), "older-copy 151");
  log.clear();
  EXPECT_EQ(found(verify_with({{own[1].checkpoint, Source::elsewhere}})), "older-copy 1");
}

TEST_F(SignedLog, ThatWentOnAfterAnOlderCopyShowsTheGap) {
  Log later = sample_log(kSize + 5);
  log.resize(150);
  log.insert(log.end(), later.begin() + 200, later.end());
  const Report report = verify_with(own);
  EXPECT_EQ(found(report), "older-copy 151");
  EXPECT_NE(report.finding->message.find("The records 151 to 200 are missing: an older copy of the ledger"),
            std::string::npos);
  log.erase(log.begin(), log.begin() + 150);
  EXPECT_EQ(found(verify_with(own)), "older-copy 1") << "a new ledger, in the place of all of it";
}

TEST_F(SignedLog, DoesNotBelieveAnotherKey) {
  const SigningKey other = SigningKey::make();
  replace(log[49].record, "deny", "allow");
  rechain(log, 49);
  const Witness forged{checkpoint_of(log, 200, other)};
  const Report report = verify_with({forged});
  EXPECT_EQ(found(report), "forged 200");
  EXPECT_NE(report.finding->message.find("is signed by the key " + other.public_key().id()), std::string::npos);
  EXPECT_EQ(found(verify(log, {.witnesses = {forged}})), "") << "without a key there is nothing to hold it against";
}

TEST_F(SignedLog, DoesNotBelieveAChangedCheckpoint) {
  std::string changed = own[0].checkpoint;
  replace(changed, "\"seq\":100", "\"seq\":120");
  EXPECT_EQ(found(verify_with({{changed}})), "forged 120");
  replace(changed, "\"seq\":120", "\"seq\":900");
  EXPECT_EQ(found(verify_with({{changed}})), "forged 900");
  EXPECT_EQ(found(verify_with({{"not JSON"}})), "forged 0");
}

TEST_F(SignedLog, IsNotAnotherLogOfTheSameHost) {
  Log other = sample_log(kSize);
  replace(other[0].record, "deny", "allow");
  rechain(other, 0);
  EXPECT_EQ(found(verify_with({{checkpoint_of(other, 100, key), Source::elsewhere}})), "rewritten 100");
}

}  // namespace
}  // namespace xenacm::audit::test
