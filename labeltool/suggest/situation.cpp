// SPDX-License-Identifier: Apache-2.0
#include "labeltool/suggest/situation.h"

#include <algorithm>

namespace xenacm::labeltool::suggest {

bool authorized(const Situation& situation, const Tables& tables, const std::string& label) {
  const auto row = tables.find_vm_label(label);
  const auto domain0 = tables.find_vm_label(situation.domain0_label);
  return row && domain0 && policy::authorized(tables, *row, *domain0);
}

bool in_conflict(const Tables& tables, std::size_t set, VmLabelId one, VmLabelId other) {
  const policy::BitRow members = tables.conflicts.row(set);
  if (!policy::intersects(members, tables.chw(one))) return false;
  bool found = false;
  policy::for_each_bit(members, [&](std::size_t type) {
    found = found || (policy::contains(tables.chw(other), type) && !policy::contains(tables.chw(one), type));
  });
  return found;
}

bool in_conflict(const Tables& tables, VmLabelId one, VmLabelId other) {
  for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
    if (in_conflict(tables, set, one, other)) return true;
  }
  return false;
}

bool runs_in_conflict(const Situation& situation, VmLabelId label, const std::string& except) {
  const Tables& tables = situation.tables();
  const auto conflicts = [&](const std::string& other) {
    const auto row = tables.find_vm_label(other);
    return row && in_conflict(tables, label, *row);
  };
  return conflicts(situation.domain0_label) || std::ranges::any_of(situation.running, [&](const Running& domain) {
           return domain.name != except && conflicts(domain.label);
         });
}

}  // namespace xenacm::labeltool::suggest
