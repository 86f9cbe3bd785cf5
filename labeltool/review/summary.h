// SPDX-License-Identifier: Apache-2.0
// Who was refused what, how often, first and last when.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace xenacm::labeltool::review {

// Refusals, and what permissive mode let through that would have been one.
struct Tally {
  std::uint64_t denied = 0;
  std::uint64_t would_deny = 0;
  std::int64_t first = 0;  // microseconds since 1970-01-01 UTC
  std::int64_t last = 0;
  std::int64_t record = 0;  // the last one's number
  void add(const nlohmann::json& refused);
};

class Summary {
 public:
  // Records that are no refusals are passed over.
  void add(const nlohmann::json& record);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] nlohmann::json json() const;

 private:
  // What is refused in the same way is counted together; devices of one class are, whatever their numbers.
  struct What {
    std::string rule, toolstack, action, subject, subject_label, object, object_label;
    friend auto operator<=>(const What&, const What&) = default;
  };
  [[nodiscard]] std::vector<std::pair<What, Tally>> by_count() const;

  Tally all_;
  std::map<std::string, Tally> rules_;
  std::map<std::string, Tally> toolstacks_;  // empty: none that is known
  std::map<What, Tally> refusals_;
};

}  // namespace xenacm::labeltool::review
