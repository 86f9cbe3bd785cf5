// SPDX-License-Identifier: Apache-2.0
#include "tests/exhaustive/scope.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <tuple>

namespace xenacm::exhaustive {

namespace {

using Permutation = std::vector<unsigned>;

std::vector<Permutation> permutations(unsigned count) {
  Permutation order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<Permutation> all;
  do {
    all.push_back(order);
  } while (std::ranges::next_permutation(order).found);
  return all;
}

Types permuted(Types types, const Permutation& order) {
  unsigned result = 0;
  for (unsigned t = 0; t < order.size(); ++t) {
    if ((types >> t & 1U) != 0) result |= 1U << order[t];
  }
  return static_cast<Types>(result);
}

// One form for all policies that differ in the order of labels and sets alone.
void sort(SmallPolicy& small) {
  std::sort(small.labels.begin() + 1, small.labels.end());
  std::ranges::sort(small.conflict_sets);
}

bool is_less(const SmallPolicy& a, const SmallPolicy& b) {
  return std::tie(a.labels, a.conflict_sets) < std::tie(b.labels, b.conflict_sets);
}

// Of all policies that differ in the names of their types alone the least stands for the others.
bool is_least(const SmallPolicy& small, const std::vector<Permutation>& ste, const std::vector<Permutation>& chw) {
  for (const Permutation& of_ste : ste) {
    for (const Permutation& of_chw : chw) {
      SmallPolicy other = small;
      for (Label& label : other.labels) label = {permuted(label.ste, of_ste), permuted(label.chw, of_chw)};
      for (Types& set : other.conflict_sets) set = permuted(set, of_chw);
      sort(other);
      if (is_less(other, small)) return false;
    }
  }
  return true;
}

// decisions.md 4
bool is_valid(const Label& label, const std::vector<Types>& sets) {
  return std::ranges::none_of(sets, [&](Types set) { return std::popcount(static_cast<Types>(label.chw & set)) > 1; });
}

std::vector<std::vector<Types>> all_conflict_sets(const Scope& scope) {
  std::vector<Types> sets;
  for (unsigned set = 0; set < 1U << scope.chw_types; ++set) {
    if (std::popcount(set) > 1) sets.push_back(static_cast<Types>(set));
  }
  std::vector<std::vector<Types>> all{{}};
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (all[first].size() == scope.conflict_sets) continue;
    for (const Types set : sets) {
      if (!all[first].empty() && set < all[first].back()) continue;
      auto longer = all[first];
      longer.push_back(set);
      all.push_back(std::move(longer));
    }
  }
  return all;
}

std::vector<Label> all_labels(const Scope& scope, const std::vector<Types>& sets) {
  std::vector<Label> labels;
  for (unsigned ste = 0; ste < 1U << scope.ste_types; ++ste) {
    for (unsigned chw = 0; chw < 1U << scope.chw_types; ++chw) {
      const Label label{static_cast<Types>(ste), static_cast<Types>(chw)};
      if (is_valid(label, sets)) labels.push_back(label);
    }
  }
  return labels;
}

std::vector<policy::Name> names(char kind, Types types, unsigned count) {
  std::vector<policy::Name> all;
  for (unsigned t = 0; t < count; ++t) {
    if ((types >> t & 1U) != 0) all.push_back({.text = kind + std::to_string(t), .at = {}});
  }
  return all;
}

}  // namespace

void for_each_policy(const Scope& scope, const std::function<void(const SmallPolicy&)>& visit) {
  const auto ste = permutations(scope.ste_types);
  const auto chw = permutations(scope.chw_types);
  for (const auto& sets : all_conflict_sets(scope)) {
    const std::vector<Label> labels = all_labels(scope, sets);
    SmallPolicy small{.labels = {}, .conflict_sets = sets};
    const std::function<void()> extend = [&] {
      if (!small.labels.empty() && is_least(small, ste, chw)) visit(small);
      if (small.labels.size() == scope.labels) return;
      for (const Label& label : labels) {
        // The same label under two names changes nothing.
        if (small.labels.size() > 1 && label <= small.labels.back()) continue;
        small.labels.push_back(label);
        extend();
        small.labels.pop_back();
      }
    };
    extend();
  }
}

policy::Policy to_policy(const SmallPolicy& small, const Scope& scope) {
  const auto all = [](unsigned types) { return static_cast<Types>((1U << types) - 1U); };
  policy::Policy policy;
  policy.header.name.text = "small";
  policy.header.version = {1, 0};
  policy.ste_types = names('s', all(scope.ste_types), scope.ste_types);
  policy.chw_types = names('c', all(scope.chw_types), scope.chw_types);
  for (const Types set : small.conflict_sets) {
    policy.conflict_sets.push_back({.name = {.text = "RER", .at = {}}, .types = names('c', set, scope.chw_types)});
  }
  for (std::size_t i = 0; i < small.labels.size(); ++i) {
    policy::VmLabel& label = policy.vm_labels.emplace_back();
    label.name.text = "l" + std::to_string(i);
    label.ste_types = names('s', small.labels[i].ste, scope.ste_types);
    label.chw_types = names('c', small.labels[i].chw, scope.chw_types);
  }
  policy.bootstrap = policy.vm_labels.front().name;
  return policy;
}

}  // namespace xenacm::exhaustive
