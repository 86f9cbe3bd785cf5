// SPDX-License-Identifier: Apache-2.0
#include "policy/findings.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace xenacm::policy {

void Findings::add(Kept& kept, Severity severity, Code code, Position at, std::string message) {
  if (kept.kept.size() < kMost) {
    kept.kept.push_back({.severity = severity, .code = code, .at = at, .message = std::move(message)});
  } else {
    ++kept.beyond;
  }
}

Diagnostics Findings::take() && {
  Diagnostics all;
  for (Kept* kept : {&errors_, &warnings_}) {
    if (kept->beyond != 0) {
      Diagnostic last = kept->kept.back();
      last.message = std::to_string(kept->beyond) + " more like these are not listed";
      kept->kept.push_back(std::move(last));
    }
    std::ranges::move(kept->kept, std::back_inserter(all));
  }
  sort_by_position(all);
  return all;
}

void sort_by_position(Diagnostics& diagnostics) {
  std::vector<std::pair<Position, std::size_t>> order;
  order.reserve(diagnostics.size());
  for (const Diagnostic& diagnostic : diagnostics) order.emplace_back(diagnostic.at, order.size());
  std::ranges::sort(order);
  Diagnostics sorted;
  sorted.reserve(diagnostics.size());
  for (const auto& [at, index] : order) sorted.push_back(std::move(diagnostics[index]));
  diagnostics = std::move(sorted);
}

}  // namespace xenacm::policy
