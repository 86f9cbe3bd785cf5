// SPDX-License-Identifier: Apache-2.0
// A time in which nothing could be recorded: since when, why, and what was answered meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace xenacm::ledger {

// Of the committer's thread, but for `told`.
class Outage {
 public:
  using Clock = std::chrono::steady_clock;

  struct Told {
    bool lasts = false;
    std::chrono::microseconds since{0};  // 1970-01-01 UTC; 0: there was none since the start
    std::string error;                   // why nothing could be written, at the last try
    // During the present one, or the last one where none lasts.
    std::uint64_t refused = 0;      // requests that were denied without a record
    std::uint64_t let_through = 0;  // of permissive mode, without a record
    std::uint64_t late = 0;         // records that were kept in memory
    std::uint64_t lost = 0;         // the monitor's own events that found no room there
    std::uint64_t count = 0;        // outages since the start, this one included
  };
  [[nodiscard]] Told told() const;

  [[nodiscard]] bool lasts() const { return told_.lasts; }
  [[nodiscard]] const std::string& error() const { return told_.error; }
  // When to try again without being asked.
  [[nodiscard]] Clock::time_point retry_at() const { return retry_at_; }

  // There will be no later try.
  void hurry() { retry_at_ = Clock::now(); }

  // A try to write failed; the first one begins it. Says so, loudly.
  void fail(const std::string& error);
  void refuse();
  void let_through();
  void keep(std::uint64_t records);
  void lose();
  // What the log is to say of it, were it over now.
  [[nodiscard]] std::string summary() const;
  void end();

 private:
  mutable std::mutex mutex_;  // of `told_`, which this thread alone writes
  Told told_;
  Clock::time_point retry_at_;
  std::chrono::milliseconds pause_{0};
};

}  // namespace xenacm::ledger
