// SPDX-License-Identifier: Apache-2.0
// The file of JSON lines: whole, rotated, and from where it was after anything that happens to it
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "enforcer/outputs/line_file_output.h"
#include "enforcer/outputs/outputs.h"
#include "tests/unit/ledger/scratch.h"
#include "tests/unit/ledger/small_disk.h"

namespace xenacm::outputs {
namespace {

using ledger::ask;
using ledger::is_whole;
using ledger::wait_until;

class LineFile : public testing::Test {
 protected:
  // A daemon's committer and its file, until the end of the block.
  struct Daemon {
    Daemon(const LineFile& test, std::filesystem::path file, std::uint64_t rotate_size, unsigned rotate_keep) {
      outputs = std::make_unique<Outputs>(OutputOptions{{file.string()}, "no-such-group", rotate_size, rotate_keep},
                                          test.scratch.file(), test.scratch.open().tip().seq);
      ledger::CommitterOptions options;
      options.committed = [this](std::int64_t last) { outputs->wake(last); };
      committer = test.scratch.committer(std::move(options));
    }
    ~Daemon() {
      committer.reset();
      outputs->stop();
    }
    void label(int count) {
      static int number = 0;
      for (int i = 0; i < count; ++i) (void)ask(*committer, ledger::label("d" + std::to_string(++number), "x"));
    }
    [[nodiscard]] Follower::Told told() const { return outputs->told().at(0); }

    std::unique_ptr<Outputs> outputs;
    std::unique_ptr<ledger::Committer> committer;
  };

  [[nodiscard]] static std::vector<audit::Line> lines_of(const std::vector<std::filesystem::path>& files) {
    std::vector<audit::Line> lines;
    for (const auto& file : files) {
      std::ifstream in(file);
      for (std::string text; std::getline(in, text);) {
        lines.push_back(audit::parse_line(text).value_or(audit::Line{text, {}}));
      }
    }
    return lines;
  }
  // The file and what was rotated, oldest first.
  [[nodiscard]] std::vector<std::filesystem::path> all_files() const {
    std::vector<std::filesystem::path> files{file};
    for (int i = 1; std::filesystem::exists(file.string() + "." + std::to_string(i)); ++i) {
      files.insert(files.begin(), file.string() + "." + std::to_string(i));
    }
    return files;
  }
  [[nodiscard]] std::size_t records() const { return ledger::all_lines(ledger::AuditReader(scratch.file())).size(); }

  ledger::Scratch scratch;
  ledger::Scratch log;
  std::filesystem::path file = log.dir() / "made" / "audit.jsonl";
  static constexpr std::uint64_t kLarge = 100 << 20;
};

TEST_F(LineFile, HasEveryRecordAlsoThoseOfBeforeItWasConfigured) {
  (void)scratch.open();
  (void)ask(*scratch.committer(), ledger::label("before", "x"));
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(20);
  }
  const auto lines = lines_of({file});
  EXPECT_EQ(lines.size(), records());
  EXPECT_TRUE(is_whole(lines));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u) << "of a host without the group";
}

TEST_F(LineFile, OverRestartsNothingIsMissingAndNothingTwice) {
  for (int round = 0; round < 5; ++round) {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(7);
  }
  EXPECT_EQ(lines_of({file}).size(), records());
  EXPECT_TRUE(is_whole(lines_of({file})));
}

TEST_F(LineFile, ALineThatWasCutOffIsWrittenAgain) {
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(10);
  }
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 30);
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(3);
  }
  EXPECT_EQ(lines_of({file}).size(), records());
  EXPECT_TRUE(is_whole(lines_of({file})));
}

TEST_F(LineFile, RotationUnderLoadBreaksNoChain) {
  {
    Daemon daemon(*this, file, 8192, 100);
    std::vector<std::jthread> clients;
    for (int client = 0; client < 8; ++client) {
      clients.emplace_back([&daemon, client] {
        for (int i = 0; i < 50; ++i) {
          (void)ask(*daemon.committer, ledger::label("c" + std::to_string(client) + "-" + std::to_string(i), "x"));
        }
      });
    }
  }
  const auto files = all_files();
  EXPECT_GT(files.size(), 10u);
  for (const auto& one : files) EXPECT_LE(std::filesystem::file_size(one), 8192u) << one;
  EXPECT_EQ(lines_of(files).size(), records());
  EXPECT_TRUE(is_whole(lines_of(files)));
}

TEST_F(LineFile, OnlyAsManyFilesAreKeptAsConfigured) {
  {
    Daemon daemon(*this, file, 4096, 2);
    daemon.label(60);
  }
  EXPECT_EQ(all_files().size(), 3u);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".3"));
}

TEST_F(LineFile, RestartedRightAfterARotationItGoesOn) {
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(10);
  }
  std::filesystem::rename(file, file.string() + ".1");
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(3);
  }
  EXPECT_EQ(lines_of(all_files()).size(), records());
  EXPECT_TRUE(is_whole(lines_of(all_files())));
}

TEST_F(LineFile, GoesOnInANewFileWhereLogrotateMovedTheOld) {
  const auto moved = file.string() + "-moved";
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(10);
    ASSERT_TRUE(wait_until([&] { return daemon.told().position == static_cast<std::int64_t>(records()); }));
    std::filesystem::rename(file, moved);
    daemon.label(5);
  }
  EXPECT_EQ(lines_of({moved}).size(), 10u);
  EXPECT_EQ(lines_of({moved, file}).size(), records());
  EXPECT_TRUE(is_whole(lines_of({moved, file})));
}

TEST_F(LineFile, AFullDiskHoldsUpNoVerdictIsToldAndThenItGoesOn) {
  const test::SmallDisk disk(log.dir());
  {
    Daemon daemon(*this, file, kLarge, 3);
    daemon.label(10);
    ASSERT_TRUE(wait_until([&] { return daemon.told().position == static_cast<std::int64_t>(records()); }));
    disk.fill();
    daemon.label(30);
    ASSERT_TRUE(wait_until([&] { return !daemon.told().error.empty(); }));
    EXPECT_NE(daemon.told().error.find("No space left on device"), std::string::npos) << daemon.told().error;
    EXPECT_FALSE(daemon.committer->outage().lasts);
    disk.make_room();
    ASSERT_TRUE(wait_until([&] { return daemon.told().error.empty(); }));
  }
  EXPECT_EQ(lines_of({file}).size(), records());
  EXPECT_TRUE(is_whole(lines_of({file})));
}

TEST_F(LineFile, WhatIsNoPlainFileIsNotWritten) {
  std::filesystem::create_directories(file.parent_path());
  std::filesystem::create_symlink(scratch.file(), file);
  Daemon daemon(*this, file, kLarge, 3);
  daemon.label(1);
  ASSERT_TRUE(wait_until([&] { return !daemon.told().error.empty(); }));
  EXPECT_NE(daemon.told().error.find(file.string()), std::string::npos);
}

}  // namespace
}  // namespace xenacm::outputs
