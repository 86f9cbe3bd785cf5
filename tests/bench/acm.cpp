// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/acm.h"

namespace xenacm::bench {

namespace {

void unpack(const policy::BitMatrix& bits, std::vector<std::uint16_t>& rows) {
  rows.assign(bits.rows() * bits.columns(), 0);
  for (std::size_t row = 0; row < bits.rows(); ++row) {
    policy::for_each_bit(bits.row(row), [&](std::size_t column) { rows[row * bits.columns() + column] = 1; });
  }
}

}  // namespace

AcmTables::AcmTables(const policy::Tables& tables)
    : ste_types(tables.ste_types.size()),
      chw_types(tables.chw_types.size()),
      conflict_sets(tables.conflict_sets.size()) {
  unpack(tables.vm_ste, ste_);
  unpack(tables.vm_chw, chw_);
  unpack(tables.conflicts, conflicts_);
}

bool acm_share(const AcmTables& tables, AcmDomain& domain, const AcmDomain& other) {
  for (const std::uint16_t permitted : domain.permitted) {
    if (permitted == other.domid) return true;
  }
  const std::uint16_t* a = tables.ste(domain.label);
  const std::uint16_t* b = tables.ste(other.label);
  bool common = false;
  for (std::size_t type = 0; type < tables.ste_types && !common; ++type) common = a[type] != 0 && b[type] != 0;
  if (!common) return false;
  for (std::uint16_t& place : domain.permitted) {
    if (place != AcmDomain::kNobody) continue;
    place = other.domid;
    break;
  }
  return true;
}

AcmWall::AcmWall(const AcmTables& tables) : tables_(tables), running_(tables.chw_types), aggregate_(tables.chw_types) {}

bool AcmWall::admit(std::size_t label) {
  const std::uint16_t* own = tables_.chw(label);
  for (std::size_t type = 0; type < tables_.chw_types; ++type) {
    if (own[type] != 0 && aggregate_[type] > 0) return false;
  }
  count(label, +1);
  return true;
}

void AcmWall::count(std::size_t label, int step) {
  const std::uint16_t* own = tables_.chw(label);
  const auto add = [step](std::uint16_t& number) { number = static_cast<std::uint16_t>(number + step); };
  for (std::size_t set = 0; set < tables_.conflict_sets; ++set) {
    const std::uint16_t* members = tables_.conflict(set);
    bool meets = false;
    for (std::size_t type = 0; type < tables_.chw_types && !meets; ++type) meets = members[type] != 0 && own[type] != 0;
    if (!meets) continue;
    for (std::size_t type = 0; type < tables_.chw_types; ++type) {
      if (members[type] != 0 && own[type] == 0) add(aggregate_[type]);
    }
  }
  for (std::size_t type = 0; type < tables_.chw_types; ++type) {
    if (own[type] != 0) add(running_[type]);
  }
}

}  // namespace xenacm::bench
