// SPDX-License-Identifier: Apache-2.0
#include "policy/nearest.h"

#include <numeric>

namespace xenacm::policy {
namespace {

constexpr std::size_t kMostCandidates = 200;
constexpr std::size_t kLongest = 64;
constexpr std::size_t kFarthest = 2;

// Edit distance in which two neighbours swapped count as one edit.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

const Name* nearest(const NameIndex& names, std::string_view misspelt) {
  if (names.size() > kMostCandidates || misspelt.size() > kLongest) return nullptr;
  const Name* best = nullptr;
  std::size_t closest = std::min(kFarthest, misspelt.size() / 2) + 1;
  for (const Name* name : names) {
    if (name->text.size() > kLongest) continue;
    if (const std::size_t away = distance(name->text, misspelt); away < closest) {
      closest = away;
      best = name;
    }
  }
  return best;
}

}  // namespace xenacm::policy
