// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/follow.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "labeltool/review/filter.h"

namespace xenacm::labeltool::review {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr std::size_t kFollowedPage = 1000;

class Follower {
 public:
  Follower(const Context& context, std::string parameters, const std::function<Result(const json&)>& shows)
      : context_(context), parameters_(std::move(parameters)), shows_(shows) {}

  // Up to the log's present end: what is written between the two questions is in the second's answer.
  Result begin(unsigned limit) {
    const auto end = last_record(context_);
    if (!end) return std::unexpected(end.error());
    const auto newest = ask(context_, "GET", "/v1/audit?limit=" + std::to_string(limit) + parameters_);
    if (!newest) return std::unexpected(newest.error());
    shown_ = *end;
    return show(*newest);
  }

  Result go_on() {
    const auto end = last_record(context_);
    if (!end) return wait_unless_refused(end.error());
    waiting_ = false;
    if (*end < shown_) {
      return std::unexpected(Failure{"The audit log is another one than before: it ends at record " +
                                     std::to_string(*end) + ", and " + std::to_string(shown_) + " was there already."});
    }
    while (shown_ < *end) {
      const auto page =
          ask(context_, "GET",
              "/v1/audit?after=" + std::to_string(shown_) + "&limit=" + std::to_string(kFollowedPage) + parameters_);
      if (!page) return wait_unless_refused(page.error());
      if (page->empty()) shown_ = *end;  // nothing up to there is left
      if (auto shown = show(*page); !shown) return shown;
    }
    return {};
  }

 private:
  Result show(const json& records) {
    if (records.empty()) return {};
    shown_ = std::max(shown_, records.back().value("seq", std::int64_t{0}));
    return shows_(records);
  }

  Result wait_unless_refused(const Failure& failure) {
    if (failure.answer != 0) return std::unexpected(failure);
    if (!waiting_) std::cerr << printable(failure.message) << "; waiting for it\n";
    waiting_ = true;
    return {};
  }

  const Context& context_;
  std::string parameters_;
  const std::function<Result(const json&)>& shows_;
  std::int64_t shown_ = 0;  // every record up to here was shown, or is not asked for
  bool waiting_ = false;    // and said so
};

}  // namespace

Result follow(const Context& context, const std::string& parameters, unsigned limit,
              const std::function<Result(const json& records)>& show) {
  Follower follower(context, parameters, show);
  if (auto begun = follower.begin(limit); !begun) return begun;
  while (true) {
    std::this_thread::sleep_for(kPause);
    if (auto went = follower.go_on(); !went) return went;
  }
}

}  // namespace xenacm::labeltool::review
