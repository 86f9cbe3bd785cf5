// SPDX-License-Identifier: Apache-2.0
#include "policy/findings.h"

#include <algorithm>
#include <iterator>

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

void sort_by_position(Diagnostics& diagnostics) { std::ranges::stable_sort(diagnostics, {}, &Diagnostic::at); }

}  // namespace xenacm::policy
