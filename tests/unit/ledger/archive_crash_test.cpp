// SPDX-License-Identifier: Apache-2.0
// A daemon that is killed while it archives loses nothing and doubles nothing (docs/audit.md, "Retention")
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "enforcer/ledger/archive_file.h"
#include "tests/unit/ledger/archiving.h"

namespace xenacm::ledger {
namespace {

constexpr ArchiveOptions kOptions{.keep_records = 20, .segment_records = 10};

// Runs `work` in a process of its own, until it ends or is killed.
template <class Work>
pid_t in_a_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  return child;
}

void wait_for(pid_t child) { ::waitpid(child, nullptr, 0); }

// What a daemon leaves that archived nothing yet.
void fill(const Scratch& scratch) {
  wait_for(in_a_child([&] {
    Archiving judge(scratch, kOptions);
    judge.stop();
    judge.label(60);
  }));
}

Segment first_segment(const Scratch& scratch) {
  SQLite::Database db(scratch.file().string(), SQLite::OPEN_READONLY);
  return oldest_segment(db).value();
}

void expect_that_the_next_one_finishes(const Scratch& scratch) {
  const std::size_t before = all_lines(AuditReader(scratch.file())).size();
  Archiving judge(scratch, kOptions);
  ASSERT_TRUE(judge.settles());
  const auto lines = all_lines(AuditReader(scratch.file()));
  EXPECT_TRUE(is_whole(lines));
  EXPECT_GE(lines.size(), before);
  EXPECT_GE(AuditReader(scratch.file()).archives()->size(), 3u);
}

TEST(ArchiveCrash, AHalfWrittenFileIsWrittenAnew) {
  const Scratch scratch;
  fill(scratch);
  const auto folder = scratch.dir() / kArchiveFolder;
  std::filesystem::create_directories(folder);
  const std::string half = archive_file(folder, first_segment(scratch)).string() + ".new";
  std::ofstream(half) << R"({"action":"star)";
  expect_that_the_next_one_finishes(scratch);
  EXPECT_FALSE(std::filesystem::exists(half));
}

TEST(ArchiveCrash, AWholeFileWhoseRecordsAreStillInTheLedgerIsReused) {
  const Scratch scratch;
  fill(scratch);
  const auto folder = scratch.dir() / kArchiveFolder;
  const Segment segment = first_segment(scratch);
  ASSERT_TRUE(write_archive(folder, segment, AuditReader(scratch.file())));
  EXPECT_TRUE(is_whole(all_lines(AuditReader(scratch.file())))) << "each record once, though it is in two places";
  const auto written = std::filesystem::last_write_time(archive_file(folder, segment));
  expect_that_the_next_one_finishes(scratch);
  EXPECT_EQ(std::filesystem::last_write_time(archive_file(folder, segment)), written);
}

TEST(ArchiveCrash, AFileWhoseRecordsAreForgottenGoes) {
  const Scratch scratch;
  const auto folder = scratch.dir() / kArchiveFolder;
  std::filesystem::create_directories(folder);
  {
    ArchiveOptions options = kOptions;
    options.keep_archives = 2;
    Archiving judge(scratch, options);
    judge.label(100);
    ASSERT_TRUE(judge.settles());
    std::ofstream(folder / "1-9.jsonl") << R"({"action":"start","seq":1,"time":1})";  // its daemon died before it went
    const std::array kOthers{"3-8.jsonl", "2024-05.jsonl", "01-9.jsonl", "9-1.jsonl"};
    for (const char* name : kOthers) std::ofstream(folder / name) << R"({"action":"start","seq":2,"time":1})";
    judge.label(30);
    ASSERT_TRUE(judge.settles());
    EXPECT_TRUE(wait_until([&] { return !std::filesystem::exists(folder / "1-9.jsonl"); }));
    judge.stop();
    for (const char* name : kOthers) EXPECT_TRUE(std::filesystem::exists(folder / name)) << name << " is no archive";
  }
}

TEST(ArchiveCrash, KilledAtAnyInstantTheLogIsWhole) {
  const Scratch scratch;
  std::size_t before = 0;
  for (int round = 0; round < 12; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = in_a_child([&] {
      Archiving judge(scratch, kOptions);
      for (int i = 0;; ++i) {
        judge.label(1);
        (void)!::write(pipe[1], &i, sizeof i);
      }
    });
    ::close(pipe[1]);
    int number = 0;
    for (int told = 0; told < 30 + 7 * round && ::read(pipe[0], &number, sizeof number) > 0; ++told) {
    }
    ::kill(child, SIGKILL);
    wait_for(child);
    ::close(pipe[0]);
    const auto lines = all_lines(AuditReader(scratch.file()));
    EXPECT_TRUE(is_whole(lines)) << "round " << round;
    EXPECT_GE(lines.size(), before + 30) << "round " << round;
    before = lines.size();
  }
  expect_that_the_next_one_finishes(scratch);
}

}  // namespace
}  // namespace xenacm::ledger
