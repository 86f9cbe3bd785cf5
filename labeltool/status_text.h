// SPDX-License-Identifier: Apache-2.0
// How a host stands, on one screen: at most 24 lines of at most 80 columns. What is cut is whole in the JSON.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace xenacm::labeltool {

// The newest refusals of the audit log, and what permissive mode would have refused.
class Refusals {
 public:
  // In the order of the log.
  void add(const nlohmann::json& record);
  // There are older ones, which were not read.
  void add_older() { older_ = true; }

  [[nodiscard]] std::vector<std::string> lines() const;  // without those that say nothing
  [[nodiscard]] nlohmann::json json() const;

 private:
  struct Counts {
    std::uint64_t denied = 0;
    std::uint64_t would_deny = 0;
  };
  [[nodiscard]] std::string by_rule(std::uint64_t Counts::* count) const;

  std::map<std::string, Counts> rules_;
  nlohmann::json latest_;  // null: there is none
  bool older_ = false;
};

// `status` is Status (schemas/openapi.yaml); `hooks`: "xl asks first".
[[nodiscard]] std::string status_text(const nlohmann::json& status, const std::string& hooks, const Refusals& refusals);

}  // namespace xenacm::labeltool
