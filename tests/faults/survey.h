// SPDX-License-Identifier: Apache-2.0
// Does an operation again and again, and each time another call of it fails: the first, the second, … until none does.
//
// It is done in a process of its own, which may end of a fault by an exception that nobody catches; the next one goes
// on behind it. A process that ends otherwise, or that is not done with an attempt in time, is a failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "tests/faults/injection.h"

namespace xenacm::faults {

// What such a process ends with: no sanitizer and no signal does.
inline constexpr int kEnded = 42;

// What an attempt may take, by far: what takes longer is waited for in vain.
inline constexpr std::chrono::seconds kPatience{60};

enum class Told {
  done,     // and so answered
  refused,  // and so answered
  nothing,  // no answer
};

// One attempt: what came of it, and what is wrong with what is left; empty: nothing is.
struct Attempt {
  Told told = Told::nothing;
  Hits hits;
  std::string wrong;
};

// The operation in its surroundings.
class Trial {
 public:
  virtual ~Trial() = default;
  // Once, with that fault in its nth call; afterwards everything is as before.
  virtual Attempt attempt(const Fault& fault, std::uint64_t nth) = 0;
};

struct Operation {
  std::function<std::unique_ptr<Trial>()> begin;  // in the process that may end
  std::function<std::string()> after_an_end;      // what is wrong with what such an end leaves; empty: nothing is
};

struct Survey {
  const char* of = "";       // memory, or calls
  std::uint64_t points = 0;  // faults
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::uint64_t unanswered = 0;
  std::uint64_t ended = 0;  // of them, the process
  std::string wrong;        // at the first point where something was; empty: nowhere
};
std::ostream& operator<<(std::ostream& out, const Survey& survey);

// At most `most` points, evenly spread; all of them with XENACM_FAULTS=all.
[[nodiscard]] Survey survey(const Operation& operation, const Fault& fault, std::uint64_t most);

}  // namespace xenacm::faults
