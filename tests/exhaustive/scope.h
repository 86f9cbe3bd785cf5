// SPDX-License-Identifier: Apache-2.0
// All policies of a few types, labels and conflict sets, each once: those that differ only in what their types, labels
// and sets are called are one policy. Types are bits of a mask.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "policy/model.h"

namespace xenacm::exhaustive {

using Types = std::uint8_t;  // bit t: the type number t

struct Label {
  Types ste = 0;
  Types chw = 0;
  friend auto operator<=>(const Label&, const Label&) = default;
};

struct SmallPolicy {
  std::vector<Label> labels;         // the first is Domain-0's
  std::vector<Types> conflict_sets;  // of two types and more
};

// At most so many of each.
struct Scope {
  unsigned ste_types = 0;
  unsigned chw_types = 0;
  unsigned labels = 1;
  unsigned conflict_sets = 0;
};

// Every valid policy of the scope, up to symmetry; the labels but Domain-0's in ascending order.
void for_each_policy(const Scope& scope, const std::function<void(const SmallPolicy&)>& visit);

// The policy as a document would state it: labels l0, l1, …, STE types s0, …, Chinese Wall types c0, …
[[nodiscard]] policy::Policy to_policy(const SmallPolicy& small, const Scope& scope);

}  // namespace xenacm::exhaustive
