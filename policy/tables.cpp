// SPDX-License-Identifier: Apache-2.0
#include "policy/tables.h"

#include <algorithm>

namespace xenacm::policy {
namespace {

// Looks in the rows from `first` on, which are in byte order.
std::optional<std::size_t> find_sorted(const std::vector<Entry>& rows, std::size_t first, std::string_view name) {
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(std::min(first, rows.size()));
  const auto found = std::lower_bound(begin, rows.end(), name,
                                      [](const Entry& entry, std::string_view sought) { return entry.name < sought; });
  if (found == rows.end() || found->name != name) return std::nullopt;
  return static_cast<std::size_t>(found - rows.begin());
}

}  // namespace

std::optional<VmLabelId> Tables::find_vm_label(std::string_view name) const {
  if (vm_labels.empty()) return std::nullopt;
  if (name == kUnlabeled) return unlabeled_defined ? std::optional(kUnlabeledRow) : std::nullopt;
  if (vm_labels[bootstrap.get()].name == name) return bootstrap;
  const auto row = find_sorted(vm_labels, bootstrap.get() + 1, name);
  return row ? std::optional(VmLabelId(*row)) : std::nullopt;
}

std::optional<ResourceLabelId> Tables::find_resource_label(std::string_view name) const {
  const auto row = find_sorted(resource_labels, 0, name);
  return row ? std::optional(ResourceLabelId(*row)) : std::nullopt;
}

std::vector<std::string> type_names(BitRow row, const std::vector<std::string>& types) {
  std::vector<std::string> names;
  for_each_bit(row, [&](std::size_t type) { names.push_back(types[type]); });
  return names;
}

}  // namespace xenacm::policy
