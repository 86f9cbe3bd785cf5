// SPDX-License-Identifier: Apache-2.0
// Gathers diagnostics; a hostile document must not fill the memory with them. Inside policy/ only.
#pragma once

#include <cstddef>
#include <string>

#include "policy/diagnostic.h"

namespace xenacm::policy {

class Findings {
 public:
  void error(Code code, Position at, std::string message) {
    add(errors_, Severity::error, code, at, std::move(message));
  }
  void warning(Code code, Position at, std::string message) {
    add(warnings_, Severity::warning, code, at, std::move(message));
  }

  // Is another error still listed? What merely adorns a message need not be worked out otherwise.
  [[nodiscard]] bool lists_errors() const { return errors_.kept.size() < kMost; }

  // In the order of the document. Of each severity at most kMost, and one more that counts the rest.
  [[nodiscard]] Diagnostics take() &&;

  static constexpr std::size_t kMost = 1000;

 private:
  struct Kept {
    Diagnostics kept;
    std::size_t beyond = 0;
  };
  static void add(Kept& kept, Severity severity, Code code, Position at, std::string message);

  Kept errors_;
  Kept warnings_;
};

// Sorts by position; diagnostics of one position keep their order.
void sort_by_position(Diagnostics& diagnostics);

}  // namespace xenacm::policy
