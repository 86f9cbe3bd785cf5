// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>

#include <array>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

namespace xenacm::labeltool::review {

namespace {

using std::chrono::seconds;

// "2h": none, if it is no duration.
std::optional<seconds> duration_of(const std::string& text) {
  constexpr std::uint32_t kMost = 1'000'000;  // what is longer ago is before all records
  std::uint32_t count = 0;
  const char* end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || unit + 1 != end || count > kMost) return std::nullopt;
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  switch (*unit) {
    case 's':
      return seconds(count);
    case 'm':
      return seconds(count * kMinute);
    case 'h':
      return seconds(count * kHour);
    case 'd':
      return seconds(count * kDay);
    case 'w':
      return seconds(count * 7 * kDay);
    default:
      return std::nullopt;
  }
}

Time time_of(std::time_t time) { return Time(seconds(time)); }

Time midnight_before(Time now) {
  const std::time_t present = std::chrono::duration_cast<seconds>(now.time_since_epoch()).count();
  std::tm day{};
  ::localtime_r(&present, &day);
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_isdst = -1;
  return time_of(std::mktime(&day));
}

std::optional<Time> calendar_time(std::string text) {
  const bool utc = text.ends_with('Z');
  if (utc) text.pop_back();
  for (const char* form : {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"}) {
    std::tm read{};
    const char* end = ::strptime(text.c_str(), form, &read);
    if (end == nullptr || *end != '\0') continue;
    std::tm normal = read;
    normal.tm_isdst = -1;
    const std::time_t time = utc ? ::timegm(&normal) : std::mktime(&normal);
    // The 31st of June is not the 1st of July.
    if (normal.tm_mday != read.tm_mday || normal.tm_mon != read.tm_mon) return std::nullopt;
    return time_of(time);
  }
  return std::nullopt;
}

}  // namespace

std::expected<Time, std::string> parse_time(const std::string& text, Time now) {
  if (text == "today") return midnight_before(now);
  if (const auto before = duration_of(text)) return now - *before;
  if (const auto time = calendar_time(text)) return *time;
  return std::unexpected("'" + text +
                         "' is no time; the forms are 2026-11-22, 2026-11-22T14:02:11, the same with a Z for UTC, "
                         "today, and 90s, 15m, 2h, 3d, 1w for so long ago");
}

std::string iso_text(std::int64_t microseconds) {
  constexpr std::int64_t kSecond = 1'000'000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>(microseconds / kSecond)),
                     microseconds % kSecond);
}

}  // namespace xenacm::labeltool::review
