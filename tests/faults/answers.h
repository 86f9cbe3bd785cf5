// SPDX-License-Identifier: Apache-2.0
// What clients were told, to be held against what was recorded.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "enforcer/audit/record.h"

namespace xenacm::faults {

enum class Heard {
  allowed,
  denied,
  unknown,      // no answer, or one that says nothing of what came of it
  unavailable,  // that it could not be recorded
};

// By what was asked: action and subject of its record.
class Answers {
 public:
  void note(const std::string& asked, Heard heard);

  // Of a life that is over, with all the records that it left: the first answer that is not in the log, or admission
  // that nobody was told of but as a refusal; empty: none. What was asked is forgotten.
  [[nodiscard]] std::string settle(const std::vector<audit::Record>& records);
  [[nodiscard]] std::size_t given() const { return given_; }  // answers: allowed, or denied

 private:
  struct Tally {
    int allowed = 0;
    int denied = 0;
    int unknown = 0;
    int recorded_allowed = 0;
    int recorded_denied = 0;
    bool adopted = false;  // a link that stood there before it was asked for is on record as one that appeared
  };
  void compare(const std::vector<audit::Record>& records);
  [[nodiscard]] std::string fault() const;

  mutable std::mutex mutex_;
  std::map<std::string, Tally> tallies_;
  std::atomic<std::size_t> given_ = 0;
  std::string unavailable_;
};

}  // namespace xenacm::faults
