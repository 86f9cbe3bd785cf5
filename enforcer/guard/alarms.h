// SPDX-License-Identifier: Apache-2.0
// What came round the gate and was refused, or would have been: for the log and for `labeltool status`.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

namespace xenacm::guard {

class Alarms {
 public:
  struct Told {
    std::uint64_t count = 0;
    std::string last;  // empty: there was none
  };

  void raise(std::string text);  // and logs it
  [[nodiscard]] Told told() const;

 private:
  mutable std::mutex mutex_;
  Told told_;
};

}  // namespace xenacm::guard
