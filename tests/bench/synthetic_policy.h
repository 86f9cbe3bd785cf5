// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace xenacm::bench {

// A policy document to measure with: SystemManagement with all types, and `labels` VM labels "l0", "l1", …, with four
// STE types in a row (label i: from type 4i on) and a Chinese Wall type each (i), both counted modulo `types`. The
// Chinese Wall types are in conflict by twos. There is a resource label for each of the first hundred types.
struct Size {
  std::size_t labels = 0;
  std::size_t types = 0;
  std::size_t conflict_sets = 0;  // at most half the types
};
[[nodiscard]] std::string synthetic_policy(const Size& size);

// Its successor: version 1.1, and l0 is now called u0.
[[nodiscard]] std::string synthetic_update(const Size& size);

}  // namespace xenacm::bench
