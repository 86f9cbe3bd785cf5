// SPDX-License-Identifier: Apache-2.0
// The ledger stays within bounds, and the log stays whole (docs/audit.md, "Retention")
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "enforcer/audit/number.h"
#include "enforcer/ledger/archive_file.h"
#include "enforcer/ledger/policy_history.h"
#include "enforcer/monitor/state_json.h"
#include "tests/unit/ledger/archiving.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

class Archives : public testing::Test {
 protected:
  [[nodiscard]] std::int64_t oldest_in_ledger() const {
    const auto lines = AuditReader(scratch.file()).read({.limit = kMaxAuditPage});
    return audit::number_of(lines->front().record).value();
  }
  [[nodiscard]] std::filesystem::path folder() const { return scratch.dir() / kArchiveFolder; }

  Scratch scratch;
};

TEST_F(Archives, TheLedgerStaysWithinBoundsAndTheLogIsWhole) {
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10});
  judge.label(100);
  ASSERT_TRUE(judge.settles());
  const auto lines = all_lines(AuditReader(scratch.file()));
  EXPECT_TRUE(is_whole(lines));
  EXPECT_GT(lines.size(), 100u);
  const auto newest = static_cast<std::int64_t>(lines.size());
  EXPECT_GT(oldest_in_ledger(), newest - 45);
  EXPECT_LE(oldest_in_ledger(), newest - 20 + 1);
  EXPECT_GT(judge.archivist().told().archives, 4);
}

TEST_F(Archives, ASegmentIsAFileOfWholeLinesThatBeginsWithASnapshot) {
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10});
  judge.label(60);
  ASSERT_TRUE(judge.settles());
  const auto segments = AuditReader(scratch.file()).archives().value();
  ASSERT_GE(segments.size(), 2u);
  for (const Segment& segment : segments) {
    const auto file = archive_file(folder(), segment);
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0777, 0640u);
    const auto lines = archived_lines(file, 0, 1000).value();
    EXPECT_EQ(static_cast<std::int64_t>(lines.size()), segment.last - segment.first + 1);
    const auto last = audit::parse_line(lines.back());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->hash, segment.hash);
    const auto first = audit::parse_record(audit::parse_line(lines.front())->record).value();
    if (segment.first > 1) {
      EXPECT_EQ(first.what.action, "snapshot");
      const auto state = state_from_json(nlohmann::json::parse(first.request));
      ASSERT_TRUE(state) << state.error();
      EXPECT_EQ(state->tables().ref.name, "mytest");
      EXPECT_FALSE(state->bindings().empty());
    }
  }
  EXPECT_EQ(segments[1].first, segments[0].last + 1);
}

TEST_F(Archives, RecordsAreFoundByNumberWhereverTheyAre) {
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10});
  judge.label(60);
  ASSERT_TRUE(judge.settles());
  const AuditReader reader(scratch.file());
  for (const std::int64_t seq : {1, 7, 12, 25, 40, 60}) {
    const auto found = reader.read({.seq = seq});
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1u) << seq;
    EXPECT_EQ(audit::number_of(found->front().record), seq);
  }
  EXPECT_TRUE(reader.read({.seq = 100'000})->empty());
  EXPECT_EQ(audit::number_of(reader.read({.after = 6, .limit = 3})->back().record), 9);
  const auto history = PolicyHistory(scratch.file()).list().value();
  EXPECT_TRUE(history.back().set) << "the record of the policy's setting is in an archive";
}

TEST_F(Archives, TheMoveItselfIsRecorded) {
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10});
  judge.label(40);
  ASSERT_TRUE(judge.settles());
  const Segment first = AuditReader(scratch.file()).archives().value().at(0);
  for (const audit::Record& record : scratch.records({.after = 0, .limit = kMaxAuditPage})) {
    if (record.what.action != "archive") continue;
    EXPECT_EQ(record.what.subject, "records 1 to " + std::to_string(first.last));
    EXPECT_NE(record.message.find(audit::to_hex(first.hash)), std::string::npos);
    return;
  }
  FAIL() << "no record says so";
}

TEST_F(Archives, OldFilesGoWhereItIsConfigured) {
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10, .keep_archives = 2});
  judge.label(100);
  ASSERT_TRUE(judge.settles());
  for (const std::int64_t forgotten : {0, 1, 5}) {
    EXPECT_TRUE(AuditReader(scratch.file()).read({.seq = forgotten})->empty())
        << forgotten << ", and none in its place";
  }
  const auto segments = AuditReader(scratch.file()).archives().value();
  EXPECT_EQ(segments.size(), 2u);
  EXPECT_TRUE(wait_until([&] { return std::distance(std::filesystem::directory_iterator(folder()), {}) == 4; }))
      << "each with its checkpoints";
  const auto rest = AuditReader(scratch.file()).read({.after = 0, .limit = 1});
  EXPECT_EQ(audit::number_of(rest->front().record), segments.front().first);
}

// They were kept for ever.
TEST_F(Archives, CheckpointsOfForgottenRecordsGoButForTheLast) {
  Ledger ledger = scratch.open();
  ASSERT_TRUE(ledger.begin());
  for (const std::int64_t seq : {3, 6, 9, 12}) ASSERT_TRUE(ledger.add_checkpoint(seq, "text"));
  ASSERT_TRUE(ledger.forget_archived({.first = 1, .last = 9}));
  ASSERT_TRUE(ledger.commit());
  std::vector<std::int64_t> left;
  const auto checkpoints = AuditReader(scratch.file()).checkpoints(0, 100).value();
  for (const auto& [seq, text] : checkpoints) left.push_back(seq);
  EXPECT_EQ(left, (std::vector<std::int64_t>{9, 12})) << "what follows record 9 can be verified";
}

// A page of ten thousand records with whole policies was gigabytes in the daemon's memory.
TEST_F(Archives, APageIsBoundedInBytesToo) {
  constexpr std::size_t kRecords = 12;
  {
    Ledger ledger = scratch.open();
    ASSERT_TRUE(ledger.begin());
    audit::Record record;
    record.request = '"' + std::string(std::size_t{4} * 1024 * 1024, 'x') + '"';
    for (std::size_t i = 0; i < kRecords; ++i) ASSERT_TRUE(ledger.append(record));
    ASSERT_TRUE(ledger.commit());
  }
  const AuditReader reader(scratch.file());
  EXPECT_LE(reader.read({.after = 0, .limit = kMaxAuditPage})->size(), 5u);
  EXPECT_LE(reader.read({.limit = kMaxAuditPage})->size(), 5u);
  EXPECT_EQ(audit::number_of(reader.read({.limit = kMaxAuditPage})->back().record), kRecords) << "the newest";
  EXPECT_EQ(all_lines(reader).size(), kRecords);
}

// As of an older ledger that was put in place again.
TEST_F(Archives, AFileWithOtherRecordsIsLeftAloneAndToldOf) {
  std::filesystem::create_directories(folder());
  Archiving judge(scratch, {.keep_records = 20, .segment_records = 10});
  judge.stop();
  judge.label(40);
  std::int64_t last = 0;
  {
    const auto snapshot = [&](const audit::Record& record) { return record.what.action == "snapshot"; };
    const auto records = scratch.records({.after = 0, .limit = kMaxAuditPage});
    last = std::ranges::find_if(records, snapshot)->seq - 1;
  }
  const auto file = archive_file(folder(), {.first = 1, .last = last});
  std::ofstream(file) << "something else\n";
  judge.go_on();
  ASSERT_TRUE(wait_until([&] { return judge.archivist().told().error.find("move it away") != std::string::npos; }));
  EXPECT_EQ(oldest_in_ledger(), 1);
  std::filesystem::remove(file);
  ASSERT_TRUE(wait_until([&] { return judge.archivist().told().error.empty(); }));
  EXPECT_TRUE(is_whole(all_lines(AuditReader(scratch.file()))));
}

TEST_F(Archives, ALedgerOfOneSegmentKeepsAllOfIt) {
  Archiving judge(scratch, {.keep_records = 1, .segment_records = 1000});
  judge.label(50);
  ASSERT_TRUE(judge.settles());
  EXPECT_EQ(oldest_in_ledger(), 1);
}

}  // namespace
}  // namespace xenacm::ledger
