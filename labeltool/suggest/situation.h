// SPDX-License-Identifier: Apache-2.0
// What suggestions are tried on: the policy in force, and what runs under it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/compiler.h"

namespace xenacm::labeltool::suggest {

using policy::Tables;
using policy::VmLabelId;

struct Running {
  std::string name;
  std::string label;
};

struct Situation {
  policy::Compiled policy;
  std::string domain0_label;
  std::vector<Running> running;  // without Domain-0

  [[nodiscard]] const Tables& tables() const { return policy.tables; }
};

// May a domain with this label start under these tables, as far as Domain-0's label is concerned?
[[nodiscard]] bool authorized(const Situation& situation, const Tables& tables, const std::string& label);

// Would two domains with these labels be in conflict by the conflict set of that number, or by any?
[[nodiscard]] bool in_conflict(const Tables& tables, std::size_t set, VmLabelId one, VmLabelId other);
[[nodiscard]] bool in_conflict(const Tables& tables, VmLabelId one, VmLabelId other);

// Is any domain that runs in conflict with the label? The one called `except` is not looked at.
[[nodiscard]] bool runs_in_conflict(const Situation& situation, VmLabelId label, const std::string& except);

}  // namespace xenacm::labeltool::suggest
