// SPDX-License-Identifier: Apache-2.0
// What is to be looked at, and when: each at most so often, however often it changes. A guest that rewrites its nodes
// without end is looked at at its turn, like everybody.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "enforcer/guard/asking.h"

namespace xenacm::guard {

class Agenda {
 public:
  // As soon as `path` may be looked at again.
  void put(const std::string& path, Clock::time_point now) {
    const auto resting = resting_until_.find(path);
    const auto at = resting == resting_until_.end() ? now : std::max(now, resting->second);
    due_.emplace(path, at);
  }

  // Not before `until`, whatever happens.
  void rest(const std::string& path, Clock::time_point until) {
    auto& rests = resting_until_[path];
    rests = std::max(rests, until);
    if (const auto found = due_.find(path); found != due_.end()) found->second = std::max(found->second, until);
  }

  // Takes what is due, what has waited longest first, and `most` of it: nobody's many changes hold up another's.
  [[nodiscard]] std::vector<std::string> take(Clock::time_point now, std::size_t most) {
    std::vector<std::pair<Clock::time_point, std::string>> due;
    for (const auto& [path, at] : due_) {
      if (at <= now) due.emplace_back(at, path);
    }
    std::ranges::sort(due);
    due.resize(std::min(due.size(), most));
    std::vector<std::string> paths;
    for (auto& [at, path] : due) {
      due_.erase(path);
      paths.push_back(std::move(path));
    }
    std::erase_if(resting_until_, [&](const auto& entry) { return entry.second <= now; });
    return paths;
  }

  [[nodiscard]] std::optional<Clock::time_point> next() const {
    const auto first = std::ranges::min_element(due_, {}, [](const auto& entry) { return entry.second; });
    return first == due_.end() ? std::nullopt : std::optional(first->second);
  }

 private:
  std::map<std::string, Clock::time_point> due_;
  std::map<std::string, Clock::time_point> resting_until_;
};

}  // namespace xenacm::guard
