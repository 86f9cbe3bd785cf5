// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/chinese_wall.h"

namespace xenacm::monitor {

void ChineseWall::count(const policy::Tables& tables, policy::VmLabelId label, int step) {
  const policy::BitRow own = tables.chw(label);
  policy::for_each_bit(own, [&](std::size_t type) { running_[type] += step; });
  for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
    const policy::BitRow members = tables.conflicts.row(set);
    if (!policy::intersects(members, own)) continue;
    policy::for_each_bit(members, [&](std::size_t type) {
      if (!policy::contains(own, type)) aggregate_[type] += step;
    });
  }
}

std::vector<policy::ChwTypeId> ChineseWall::conflicts(const policy::Tables& tables, policy::VmLabelId label) const {
  std::vector<policy::ChwTypeId> found;
  policy::for_each_bit(tables.chw(label), [&](std::size_t type) {
    if (aggregate_[type] > 0) found.emplace_back(type);
  });
  return found;
}

}  // namespace xenacm::monitor
