// SPDX-License-Identifier: Apache-2.0
// Small policies made by chance, and what they mean, told without the monitor.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

using Chance = std::mt19937;

// True once in `times`.
[[nodiscard]] bool once_in(Chance& chance, unsigned times);
[[nodiscard]] std::size_t below(Chance& chance, std::size_t end);

struct RandomPolicy {
  struct VmLabel {
    std::set<std::string> ste;
    std::string chw;   // empty: none
    std::string from;  // empty: none
  };
  struct ResourceLabel {
    std::string ste;
    std::string from;
  };
  std::string name = "p";
  unsigned version = 1;
  std::string from_name;  // of FromPolicy; empty: none
  std::set<std::string> dom0;
  std::map<std::string, VmLabel> vm;  // beside Domain-0's, SystemManagement
  std::map<std::string, ResourceLabel> resources;
  std::vector<std::set<std::string>> conflicts;  // set "c0", "c1", …

  [[nodiscard]] static RandomPolicy any(Chance& chance);
  // Keeps some labels, renames some (in chains and rings too), drops some, brings some, and changes what they mean.
  [[nodiscard]] RandomPolicy update(Chance& chance) const;

  [[nodiscard]] SetPolicy request() const;
};

// What an update makes of each label's name; what is not in it is dropped.
template <class Labels>
std::map<std::string, std::string> heirs(const Labels& before, const Labels& after) {
  std::map<std::string, std::string> names;
  for (const auto& [name, label] : after) {
    const std::string& old = label.from.empty() ? name : label.from;
    if (before.contains(old)) names[old] = name;
  }
  return names;
}

}  // namespace xenacm::monitor
