// SPDX-License-Identifier: Apache-2.0
// What a sound log is told to be (docs/audit.md, "Verification")
#include <gtest/gtest.h>

#include "tests/unit/audit/sample_log.h"

namespace xenacm::audit::test {
namespace {

TEST(Verify, TellsOfASoundLogHowFarItGoesAndHowFarSignaturesVouchForIt) {
  const SigningKey key = SigningKey::make();
  const Log log = sample_log(120);
  const Report report = verify(log, {.witnesses = {{checkpoint_of(log, 100, key)},
                                                   {checkpoint_of(log, 50, key)},
                                                   {checkpoint_of(log, 100, key), Source::elsewhere}},
                                     .trusted = {key.public_key()}});
  EXPECT_EQ(found(report), "");
  EXPECT_EQ(report.records, 120U);
  EXPECT_EQ(report.first, 1);
  EXPECT_EQ(report.last, 120);
  EXPECT_EQ(report.checkpoints, 2U);
  EXPECT_EQ(report.vouched, 100);
  EXPECT_EQ(report.vouched_time.count(), 100);
  EXPECT_EQ(report.keys, std::vector{key.public_key().id()});
}

TEST(Verify, TakesAnEmptyLogForSound) {
  EXPECT_EQ(found(verify({})), "");
  EXPECT_EQ(verify({}).records, 0U);
}

TEST(Verify, ReadsExportedLines) {
  const Log log = sample_log(3);
  Verifier verifier({});
  for (const Line& line : log) EXPECT_TRUE(verifier.feed_line(to_text(line)));
  EXPECT_EQ(found(verifier.finish()), "");
}

TEST(Verify, NamesALineThatIsNone) {
  const Log log = sample_log(2);
  for (const std::string& line : {std::string(), std::string("{}"), log[1].record, to_text(log[1]) + " "}) {
    Verifier verifier({});
    verifier.feed_line(to_text(log[0]));
    verifier.feed_line(line);
    EXPECT_EQ(found(verifier.finish()), "altered 2") << line;
  }
}

TEST(Verify, BeginsWithinTheLogAfterACheckpointAlone) {
  const SigningKey key = SigningKey::make();
  const Log log = sample_log(120);
  const Log end(log.begin() + 100, log.end());
  const std::string anchor = checkpoint_of(log, 100, key);
  const Report report = verify(end, {.witnesses = {{anchor}}, .after = 100});
  EXPECT_EQ(found(report), "");
  EXPECT_EQ(report.first, 101);
  EXPECT_EQ(found(verify(end, {.witnesses = {{anchor, Source::elsewhere}}})), "missing 1")
      << "not unless it is asked for";
  EXPECT_EQ(found(verify(end, {.after = 100})), "missing 100");
  EXPECT_EQ(found(verify(end, {.witnesses = {{anchor}}, .trusted = {SigningKey::make().public_key()}, .after = 100})),
            "forged 100");
}

TEST(Verify, TrustsEveryKeyThatIsGiven) {
  const SigningKey before = SigningKey::make();
  const SigningKey after = SigningKey::make();
  const Log log = sample_log(20);
  EXPECT_EQ(found(verify(log, {.witnesses = {{checkpoint_of(log, 10, before)}, {checkpoint_of(log, 20, after)}},
                               .trusted = {before.public_key(), after.public_key()}})),
            "");
}

}  // namespace
}  // namespace xenacm::audit::test
