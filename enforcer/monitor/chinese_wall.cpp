// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/chinese_wall.h"

#include <algorithm>
#include <utility>

namespace xenacm::monitor {

ChineseWall::ChineseWall(const policy::Tables& tables)
    : running_(tables.chw_types.size()), aggregate_(tables.chw_types.size()) {
  auto sets_of = std::make_shared<std::vector<std::vector<std::size_t>>>(tables.chw_types.size());
  for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
    policy::for_each_bit(tables.conflicts.row(set), [&](std::size_t type) { (*sets_of)[type].push_back(set); });
  }
  sets_of_ = std::move(sets_of);
}

void ChineseWall::count(const policy::Tables& tables, policy::VmLabelId label, int step) {
  const policy::BitRow own = tables.chw(label);
  std::vector<std::size_t> met;
  policy::for_each_bit(own, [&](std::size_t type) {
    running_[type] += step;
    met.insert(met.end(), (*sets_of_)[type].begin(), (*sets_of_)[type].end());
  });
  // Once each, where several of the label's types are in one.
  std::ranges::sort(met);
  met.erase(std::ranges::unique(met).begin(), met.end());
  for (const std::size_t set : met) {
    policy::for_each_bit(tables.conflicts.row(set), [&](std::size_t type) {
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
