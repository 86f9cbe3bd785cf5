// SPDX-License-Identifier: Apache-2.0
// The Chinese Wall: what runs, counted by type (acm.md 3.3).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policy/tables.h"

namespace xenacm::monitor {

// A ticket counts as the running domain that it stands for.
//
// running[t]    number of running domains whose label has the Chinese Wall type t
// aggregate[t]  sum over running domains d, over conflict sets S that meet d's types, of [t in S and not in d's types]
// INVARIANT: both equal a recount over the domains that were added and not yet removed.
class ChineseWall {
 public:
  ChineseWall() = default;
  explicit ChineseWall(const policy::Tables& tables);

  void add(const policy::Tables& tables, policy::VmLabelId label) { count(tables, label, +1); }
  // Precondition: a domain of this label was added and not yet removed.
  void remove(const policy::Tables& tables, policy::VmLabelId label) { count(tables, label, -1); }

  // The types of `label` that conflict with what runs; none: the label is admitted.
  [[nodiscard]] std::vector<policy::ChwTypeId> conflicts(const policy::Tables& tables, policy::VmLabelId label) const;

  [[nodiscard]] const std::vector<std::int64_t>& running() const { return running_; }
  [[nodiscard]] const std::vector<std::int64_t>& aggregate() const { return aggregate_; }

 private:
  void count(const policy::Tables& tables, policy::VmLabelId label, int step);

  // The conflict sets of each type: a label meets few of many.
  std::shared_ptr<const std::vector<std::vector<std::size_t>>> sets_of_;
  std::vector<std::int64_t> running_;
  std::vector<std::int64_t> aggregate_;
};

}  // namespace xenacm::monitor
