// SPDX-License-Identifier: Apache-2.0
// The compiled policy: a bit row of STE types and of Chinese Wall types per label, a bit row per conflict set.
//
// Every decision is a pure function of these tables (acm.md 3).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/bits.h"
#include "policy/model.h"
#include "policy/strong.h"

namespace xenacm::policy {

using VmLabelId = Strong<struct VmLabelIdTag, std::size_t>;
using ResourceLabelId = Strong<struct ResourceLabelIdTag, std::size_t>;
using ChwTypeId = Strong<struct ChwTypeIdTag, std::size_t>;

// Names one exact policy document.
struct PolicyRef {
  std::string name;
  Version version;
  std::string digest;  // SHA-256 of the document, lower-case hex
  friend bool operator==(const PolicyRef&, const PolicyRef&) = default;
};

// What the tables remember of a label, type set or conflict set for people: its name and its line in the document.
struct Entry {
  std::string name;
  unsigned line = 0;
};

class Tables {
 public:
  PolicyRef ref;
  std::vector<std::string> ste_types;  // byte order
  std::vector<std::string> chw_types;  // byte order

  // Row 0 is __UNLABELED__, row 1 the bootstrap label, the others follow in byte order (acm.md 8). Row 0 has no types
  // where the policy does not define it; `unlabeled_defined` tells. Where __UNLABELED__ is the bootstrap
  // label, that is row 0.
  std::vector<Entry> vm_labels;
  bool unlabeled_defined = false;
  VmLabelId bootstrap{1};
  BitMatrix vm_ste;
  BitMatrix vm_chw;

  // Byte order. The row of a resource label __UNLABELED__ is that of the VM label of this name (decisions.md 10).
  std::vector<Entry> resource_labels;
  BitMatrix resource_ste;

  std::vector<Entry> conflict_sets;  // by name, sets of one name in the order of the document
  BitMatrix conflicts;               // [conflict set][Chinese Wall type]

  static constexpr VmLabelId kUnlabeledRow{0};

  // Declared labels only: __UNLABELED__ is found where the policy defines it.
  [[nodiscard]] std::optional<VmLabelId> find_vm_label(std::string_view name) const;
  [[nodiscard]] std::optional<ResourceLabelId> find_resource_label(std::string_view name) const;

  [[nodiscard]] BitRow ste(VmLabelId label) const { return vm_ste.row(label.get()); }
  [[nodiscard]] BitRow ste(ResourceLabelId label) const { return resource_ste.row(label.get()); }
  [[nodiscard]] BitRow chw(VmLabelId label) const { return vm_chw.row(label.get()); }
};

// share(a, b): the STE sets have a type in common (acm.md 3.1).
template <class A, class B>
[[nodiscard]] bool share(const Tables& tables, A a, B b) {
  return intersects(tables.ste(a), tables.ste(b));
}

// authorized(label): STE(label) is not empty and a subset of STE(Domain-0's label) (acm.md 3.2, decisions.md 2).
[[nodiscard]] inline bool authorized(const Tables& tables, VmLabelId label, VmLabelId domain0) {
  return share(tables, label, domain0) && is_subset(tables.ste(label), tables.ste(domain0));
}

// Names of the types in a row, in byte order.
[[nodiscard]] std::vector<std::string> type_names(BitRow row, const std::vector<std::string>& types);

}  // namespace xenacm::policy
