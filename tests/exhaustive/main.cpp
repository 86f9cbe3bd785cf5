// SPDX-License-Identifier: Apache-2.0
// exhaustive [STE-TYPES CHINESE-WALL-TYPES LABELS CONFLICT-SETS]: all policies of the scope, all orders of events of
// three domains.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <span>

#include "tests/exhaustive/explore.h"

namespace {

using namespace xenacm::exhaustive;

Figures explore_all(const Scope& scope) {
  std::vector<SmallPolicy> policies;
  for_each_policy(scope, [&](const SmallPolicy& small) { policies.push_back(small); });
  std::atomic<std::size_t> next = 0;
  const auto share = [&] {
    Figures figures;
    for (std::size_t i = next++; i < policies.size(); i = next++) figures += explore(policies[i], scope);
    return figures;
  };
  auto other = std::async(std::launch::async, share);
  Figures figures = share();
  return figures += other.get();
}

}  // namespace

int main(int argc, char** argv) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  if (words.size() != 5) {
    std::cerr << "usage: exhaustive STE-TYPES CHINESE-WALL-TYPES LABELS CONFLICT-SETS\n";
    return 2;
  }
  const auto number = [&](std::size_t word) { return static_cast<unsigned>(std::strtoul(words[word], nullptr, 10)); };
  const Scope scope{number(1), number(2), number(3), number(4)};
  const auto begun = std::chrono::steady_clock::now();
  try {
    const Figures figures = explore_all(scope);
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    std::cout << "exhaustive: " << figures.policies << " policies of at most " << scope.ste_types << " STE types, "
              << scope.chw_types << " Chinese Wall types, " << scope.labels << " labels, " << scope.conflict_sets
              << " conflict sets; " << figures.states << " states, " << figures.decisions << " decisions, "
              << static_cast<int>(seconds) << " s\n";
    return figures.policies > 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "exhaustive: " << error.what() << "\n";
    return 1;
  }
}
