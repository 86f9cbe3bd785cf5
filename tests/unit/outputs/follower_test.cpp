// SPDX-License-Identifier: Apache-2.0
// An output gets every record in its order, whatever it does
#include "enforcer/outputs/follower.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "enforcer/audit/number.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::outputs {
namespace {

using ledger::ask;
using ledger::wait_until;

// What it was given, and how it behaves.
struct Fake {
  std::vector<std::int64_t> given;
  std::atomic<bool> fails = false;
  std::atomic<bool> hangs = false;
};

class FakeOutput : public Output {
 public:
  explicit FakeOutput(Fake& fake) : fake_(fake) {}
  [[nodiscard]] std::string name() const override { return "fake"; }
  [[nodiscard]] bool wants_all() const override { return false; }
  [[nodiscard]] std::expected<std::int64_t, std::string> open(std::int64_t position) override {
    if (fake_.fails) return std::unexpected("nobody listens");
    return position;
  }
  [[nodiscard]] std::expected<void, std::string> write(std::span<const audit::Line> lines) override {
    fake_.hangs.wait(true);
    if (fake_.fails) return std::unexpected("nobody listens");
    for (const audit::Line& line : lines) fake_.given.push_back(audit::number_of(line.record).value());
    return {};
  }

 private:
  Fake& fake_;
};

class Following : public testing::Test {
 protected:
  void begin() {
    follower = std::make_unique<Follower>(std::make_unique<FakeOutput>(fake), scratch.file(),
                                          scratch.dir() / "outputs" / "fake.position", scratch.open().tip().seq);
    ledger::CommitterOptions options;
    options.committed = [this](std::int64_t last) { follower->wake(last); };
    committer = scratch.committer(std::move(options));
  }
  void end() {
    committer.reset();
    follower.reset();
  }
  void label(int count) {
    for (int i = 0; i < count; ++i) (void)ask(*committer, ledger::label("d" + std::to_string(++number), "x"));
  }
  static std::vector<std::int64_t> numbers(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> all;
    for (; first <= last; ++first) all.push_back(first);
    return all;
  }

  ledger::Scratch scratch;
  Fake fake;
  std::unique_ptr<Follower> follower;
  std::unique_ptr<ledger::Committer> committer;
  int number = 0;
};

TEST_F(Following, OverRestartsNothingIsMissing) {
  begin();
  label(5);
  end();
  begin();
  label(5);
  end();
  EXPECT_EQ(fake.given, numbers(1, 10));
}

TEST_F(Following, ANewOutputOfThisKindGetsWhatComesFromNowOn) {
  {
    const auto before = scratch.committer();
    for (int i = 0; i < 3; ++i) (void)ask(*before, ledger::label("x", "x"));
  }
  begin();
  label(2);
  end();
  EXPECT_EQ(fake.given, numbers(4, 5));
}

TEST_F(Following, OneThatFailsIsToldOfAndGoesOnFromWhereItWas) {
  begin();
  label(3);
  ASSERT_TRUE(wait_until([&] { return follower->told().position == 3; }));
  fake.fails = true;
  label(3);
  ASSERT_TRUE(wait_until([&] { return follower->told().error == "nobody listens"; }));
  fake.fails = false;
  ASSERT_TRUE(wait_until([&] { return follower->told().error.empty() && follower->told().position == 6; }));
  end();
  EXPECT_EQ(fake.given, numbers(1, 6));
}

TEST_F(Following, WhatItCouldNotTakeBeforeTheEndItGetsAfterTheNextStart) {
  begin();
  fake.fails = true;
  label(3);
  end();
  fake.fails = false;
  begin();
  end();
  EXPECT_EQ(fake.given, numbers(1, 3));
}

TEST_F(Following, OneThatHangsHoldsUpNoVerdict) {
  begin();
  fake.hangs = true;
  label(50);
  EXPECT_EQ(scratch.records().size(), 50u);
  fake.hangs = false;
  fake.hangs.notify_all();
  end();
  EXPECT_EQ(fake.given, numbers(1, 50));
}

TEST_F(Following, AnOlderLedgerInThePlaceOfTheOneItKnewDoesNotSilenceIt) {
  begin();
  label(8);
  end();
  for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"}) {
    std::filesystem::remove(scratch.dir() / name);
  }
  fake.given.clear();
  begin();
  label(2);
  end();
  EXPECT_EQ(fake.given, numbers(1, 2));
}

}  // namespace
}  // namespace xenacm::outputs
