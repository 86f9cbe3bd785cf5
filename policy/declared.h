// SPDX-License-Identifier: Apache-2.0
// What a policy declares, and where its labels and conflict sets use it. Inside policy/ only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/model.h"
#include "policy/name_index.h"

namespace xenacm::policy {

// The types that each label, or each conflict set, uses: their ranks, as they stand in the document. Each is looked up
// once, for all checks and for the tables.
class TypesUsed {
 public:
  static constexpr std::uint32_t kUndeclared = UINT32_MAX;

  template <class Owner>
  TypesUsed(const std::vector<Owner>& owners, std::vector<Name> Owner::* types, const NameIndex& declared) {
    ends_.reserve(owners.size());
    for (const Owner& owner : owners) {
      for (const Name& type : owner.*types) {
        const auto rank = declared.find(type.text);
        ranks_.push_back(rank ? static_cast<std::uint32_t>(*rank) : kUndeclared);
      }
      ends_.push_back(ranks_.size());
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t owner) const {
    const std::size_t begin = owner == 0 ? 0 : ends_[owner - 1];
    return std::span(ranks_).subspan(begin, ends_[owner] - begin);
  }

 private:
  std::vector<std::uint32_t> ranks_;
  std::vector<std::size_t> ends_;  // by owner: where its ranks end
};

// Points into the policy.
struct Declared {
  explicit Declared(const Policy& policy)
      : ste(policy.ste_types),
        chw(policy.chw_types),
        vm_labels(policy.vm_labels, &VmLabel::name),
        resource_labels(policy.resource_labels, &ResourceLabel::name),
        vm_ste(policy.vm_labels, &VmLabel::ste_types, ste),
        vm_chw(policy.vm_labels, &VmLabel::chw_types, chw),
        conflicts(policy.conflict_sets, &ConflictSet::types, chw) {}

  NameIndex ste;
  NameIndex chw;
  NameIndex vm_labels;
  NameIndex resource_labels;
  TypesUsed vm_ste;
  TypesUsed vm_chw;
  TypesUsed conflicts;
};

}  // namespace xenacm::policy
