// SPDX-License-Identifier: Apache-2.0
// Times as reviewers type them
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "labeltool/review/time.h"

namespace xenacm::labeltool::review {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;

class ReviewTime : public testing::Test {
 protected:
  ReviewTime() {
    const char* zone = ::getenv("TZ");
    if (zone != nullptr) before_ = zone;
    set("EAST-2");  // two hours ahead of UTC
  }
  ~ReviewTime() override { set(before_.c_str()); }

  // In microseconds; -1: it is no time.
  static std::int64_t read(const std::string& text) {
    const auto time = parse_time(text, Time(microseconds(kNow)));
    return time ? time->time_since_epoch().count() : -1;
  }
  static constexpr std::int64_t kMidnight = 1'795'298'400 * kSecond;  // of 2026-11-22 in that zone
  static constexpr std::int64_t kNow = kMidnight + 14 * kHour;

 private:
  static void set(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  std::string before_;
};

TEST_F(ReviewTime, IsADayATimeOrSoLongAgo) {
  EXPECT_EQ(read("2026-11-22"), kMidnight);
  EXPECT_EQ(read("2026-11-22Z"), kMidnight + 2 * kHour) << "of UTC, which is later";
  EXPECT_EQ(read("2026-11-22T14:00"), kNow);
  EXPECT_EQ(read("2026-11-22 14:00:07"), kNow + 7 * kSecond);
  EXPECT_EQ(read("2026-11-22T12:00:00Z"), kNow);
  EXPECT_EQ(read("today"), kMidnight);
  EXPECT_EQ(read("90m"), kNow - 90 * 60 * kSecond);
  EXPECT_EQ(read("2h"), kNow - 2 * kHour);
  EXPECT_EQ(read("3d"), kNow - 72 * kHour);
  EXPECT_EQ(read("1w"), kNow - 168 * kHour);
  EXPECT_EQ(read("10s"), kNow - 10 * kSecond);
}

TEST_F(ReviewTime, IsNotGuessed) {
  for (const char* text : {"", "yesterday", "2h30m", "-2h", "2 h", "h", "2026", "2026-02-30", "2026-11-22T25:00",
                           "2026-11-22T14:00+01:00", "22.11.2026", "99999999999999999999s", "1000001w"}) {
    EXPECT_EQ(read(text), -1) << text;
  }
  EXPECT_NE(parse_time("noon", Time()).error().find("'noon' is no time; the forms are 2026-11-22, "),
            std::string::npos);
}

TEST_F(ReviewTime, IsWrittenInUtcToTheMicrosecond) { EXPECT_EQ(iso_text(kNow + 42), "2026-11-22T12:00:00.000042Z"); }

}  // namespace
}  // namespace xenacm::labeltool::review
