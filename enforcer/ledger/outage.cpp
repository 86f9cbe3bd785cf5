// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/outage.h"

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace xenacm::ledger {

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{10'000};

std::chrono::microseconds now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::string text(std::chrono::microseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (time - seconds).count());
}

}  // namespace

Outage::Told Outage::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

void Outage::fail(const std::string& error) {
  const bool anew = !told_.lasts;
  if (anew) {
    spdlog::critical("nothing can be recorded: {}", error);
  } else if (Clock::now() >= retry_at_) {
    spdlog::critical("nothing can be recorded since {}: {}", text(told_.since), error);
  }
  if (anew || Clock::now() >= retry_at_) {
    pause_ = anew ? kFirstPause : std::min(2 * pause_, kLongestPause);
    retry_at_ = Clock::now() + pause_;
  }
  const std::scoped_lock lock(mutex_);
  if (anew) told_ = {.lasts = true, .since = now(), .count = told_.count + 1};
  told_.error = error;
}

void Outage::refuse() {
  const std::scoped_lock lock(mutex_);
  ++told_.refused;
}

void Outage::let_through() {
  const std::scoped_lock lock(mutex_);
  ++told_.let_through;
}

void Outage::keep(std::uint64_t records) {
  const std::scoped_lock lock(mutex_);
  told_.late += records;
}

void Outage::lose() {
  const std::scoped_lock lock(mutex_);
  ++told_.lost;
}

std::string Outage::summary() const {
  return fmt::format(
      "nothing could be recorded from {} to {} ({}): {} requests were refused and {} let through without a record, {} "
      "records were kept in memory and stand before this one, {} of the monitor's own events were lost",
      text(told_.since), text(now()), told_.error, told_.refused, told_.let_through, told_.late, told_.lost);
}

void Outage::end() {
  spdlog::critical("records can be written again; {}", summary());
  const std::scoped_lock lock(mutex_);
  told_.lasts = false;
}

}  // namespace xenacm::ledger
