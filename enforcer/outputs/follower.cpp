// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/follower.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "enforcer/audit/number.h"

namespace xenacm::outputs {

namespace {

constexpr std::int64_t kPage = 500;
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr std::chrono::seconds kFarewell{2};

}  // namespace

Follower::Follower(std::unique_ptr<Output> output, std::filesystem::path ledger_file,
                   std::filesystem::path position_file, std::int64_t last)
    : output_(std::move(output)),
      reader_(std::move(ledger_file)),
      position_file_(std::move(position_file)),
      last_(last),
      told_{.name = output_->name()} {
  position_ = position_file_.read().value_or(output_->wants_all() ? 0 : last);
  told_.position = position_;
  thread_ = std::thread([this] { work(); });
}

Follower::~Follower() {
  if (thread_.joinable()) stop();
}

void Follower::wake(std::int64_t last) {
  {
    const std::scoped_lock lock(mutex_);
    last_ = std::max(last_, last);
  }
  wake_.notify_one();
}

void Follower::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Follower::Told Follower::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

void Follower::work() {
  std::unique_lock lock(mutex_);
  bool failed = false;
  std::optional<std::chrono::steady_clock::time_point> end;  // of what is copied while the daemon ends
  while (true) {
    const bool ending = stopping_;
    const std::int64_t last = last_;
    lock.unlock();
    const auto copied = copy(last);
    if (!copied) {
      fail(copied.error());
    } else if (!*copied) {
      recover();
    }
    failed = !copied;
    lock.lock();
    told_.position = position_;
    if (ending && !end) end = std::chrono::steady_clock::now() + kFarewell;
    // What is left then is copied after the next start.
    if (copied && *copied && (!end || std::chrono::steady_clock::now() < *end)) continue;
    if (ending) return;  // after one more look than there were calls
    if (failed) {
      wake_.wait_for(lock, pause_, [this] { return stopping_; });
    } else {
      wake_.wait(lock, [this, last] { return stopping_ || last_ > last; });
    }
  }
}

std::expected<bool, std::string> Follower::copy(std::int64_t last) {
  if (!open_) {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
  }
  if (position_ >= last) return false;
  const auto lines = reader_.read({.after = position_, .limit = kPage});
  if (!lines) return std::unexpected(lines.error());
  if (lines->empty()) return false;
  if (auto written = output_->write(*lines); !written) {
    open_ = false;
    return std::unexpected(written.error());
  }
  position_ = std::max(position_ + 1, audit::row_of(lines->back().record).value_or(0));
  if (auto kept = position_file_.write(position_); !kept) spdlog::warn("audit output {}: {}", told_.name, kept.error());
  return true;
}

std::expected<void, std::string> Follower::open() {
  auto position = output_->open(position_);
  if (!position) return std::unexpected(position.error());
  std::int64_t newest = 0;
  {
    const std::scoped_lock lock(mutex_);
    newest = last_;
  }
  if (*position > newest) {
    spdlog::error(
        "audit output {} has records up to {}, the ledger only up to {}: was an older ledger put in its place? What is "
        "recorded from here on follows",
        told_.name, *position, newest);
  }
  position_ = std::min(*position, newest);
  open_ = true;
  if (auto kept = position_file_.write(position_); !kept) spdlog::warn("audit output {}: {}", told_.name, kept.error());
  return {};
}

// Loud when it begins, and seldom from then on.
void Follower::fail(const std::string& error) {
  const bool anew = pause_.count() == 0;
  pause_ = anew ? kFirstPause : std::min(2 * pause_, kLongestPause);
  if (anew || pause_ == kLongestPause) {
    spdlog::error("audit output {} does not get on: {}. It is tried again, and goes on after record {}", told_.name,
                  error, position_);
  }
  const std::scoped_lock lock(mutex_);
  told_.error = error;
}

void Follower::recover() {
  if (std::exchange(pause_, std::chrono::milliseconds(0)).count() == 0) return;
  spdlog::warn("audit output {} goes on, with record {}", told_.name, position_);
  const std::scoped_lock lock(mutex_);
  told_.error.clear();
}

}  // namespace xenacm::outputs
