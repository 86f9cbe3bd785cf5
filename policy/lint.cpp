// SPDX-License-Identifier: Apache-2.0
#include "policy/lint.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "policy/compiler.h"
#include "policy/lint_rules.h"
#include "policy/source_text.h"

namespace xenacm::policy {
namespace {

constexpr std::size_t kMostListed = 5;

void count(std::vector<std::size_t>& carriers, BitRow types) {
  for_each_bit(types, [&](std::size_t type) { ++carriers[type]; });
}

}  // namespace

Carriers::Carriers(const Tables& tables)
    : vm_ste(tables.ste_types.size()), vm_chw(tables.chw_types.size()), resource_ste(tables.ste_types.size()) {
  for (std::size_t row = 0; row < tables.vm_labels.size(); ++row) {
    const VmLabelId label(row);
    if (label == tables.bootstrap && label != Tables::kUnlabeledRow) continue;
    count(vm_ste, tables.ste(label));
    count(vm_chw, tables.chw(label));
  }
  for (std::size_t row = 0; row < tables.resource_labels.size(); ++row) {
    if (tables.resource_labels[row].name != kInaccessible) count(resource_ste, tables.ste(ResourceLabelId(row)));
  }
}

std::string the_bootstrap_label(const Tables& tables) {
  const Entry& label = tables.vm_labels[tables.bootstrap.get()];
  return "the bootstrap label " + quoted(label.name) + " (line " + std::to_string(label.line) + ")";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i) text += (i == 0 ? "" : ", ") + quoted(names[i]);
  return names.size() <= kMostListed ? text : text + " and " + std::to_string(names.size() - kMostListed) + " more";
}

Diagnostics lint(const Policy& policy, const Tables& tables) {
  Findings findings;
  const Carriers carriers(tables);
  lint_types(policy, tables, carriers, findings);
  lint_labels(policy, tables, carriers, findings);
  lint_conflicts(policy, tables, findings);
  lint_names(policy, findings);
  return std::move(findings).take();
}

Diagnostics examine(std::string_view document) {
  auto compiled = compile_document(document);
  if (!compiled) return std::move(compiled).error();
  Diagnostics all = std::move(compiled->warnings);
  std::ranges::move(lint(compiled->policy, compiled->tables), std::back_inserter(all));
  sort_by_position(all);
  return all;
}

}  // namespace xenacm::policy
