// SPDX-License-Identifier: Apache-2.0
// The old system's algorithms (acm.md 3.1, 3.3, 3.6), written anew from their description, to be measured against.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "policy/tables.h"

namespace xenacm::bench {

// A row of 16-bit numbers for each label, 0 or 1 for each type; so are the conflict sets.
class AcmTables {
 public:
  explicit AcmTables(const policy::Tables& tables);

  [[nodiscard]] const std::uint16_t* ste(std::size_t label) const { return &ste_[label * ste_types]; }
  [[nodiscard]] const std::uint16_t* chw(std::size_t label) const { return &chw_[label * chw_types]; }
  [[nodiscard]] const std::uint16_t* conflict(std::size_t set) const { return &conflicts_[set * chw_types]; }

  std::size_t ste_types;
  std::size_t chw_types;
  std::size_t conflict_sets;

 private:
  std::vector<std::uint16_t> ste_;
  std::vector<std::uint16_t> chw_;
  std::vector<std::uint16_t> conflicts_;
};

// A domain's cache of those that it may share with: eight, and none is replaced.
struct AcmDomain {
  static constexpr std::uint16_t kNobody = 0xFFFF;
  std::uint16_t domid = 0;
  std::size_t label = 0;
  std::array<std::uint16_t, 8> permitted{kNobody, kNobody, kNobody, kNobody, kNobody, kNobody, kNobody, kNobody};
};

// A loop that leaves at the first common type: it can not be made one of wide instructions. A call, as those it is
// measured beside.
[[nodiscard, gnu::noinline]] bool acm_share(const AcmTables& tables, AcmDomain& domain, const AcmDomain& other);

class AcmWall {
 public:
  explicit AcmWall(const AcmTables& tables);

  [[nodiscard]] bool admit(std::size_t label);
  void release(std::size_t label) { count(label, -1); }

 private:
  void count(std::size_t label, int step);

  const AcmTables& tables_;
  std::vector<std::uint16_t> running_;
  std::vector<std::uint16_t> aggregate_;
};

}  // namespace xenacm::bench
