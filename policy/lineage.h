// SPDX-License-Identifier: Apache-2.0
// What became of labels through a row of policies that replaced each other.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "policy/model.h"

namespace xenacm::policy {

using Renames = std::map<std::string, std::string>;  // label -> label

struct Lineage {
  Renames vm;
  Renames resource;
  friend bool operator==(const Lineage&, const Lineage&) = default;
};

// One policy that was in force.
struct Reign {
  std::string digest;  // of its document
  const Policy* policy = nullptr;
};

// The labels of the last policy, by what they were called in that of index `first`. Each replaced the one before it: by
// an update, whose from= names the labels that it renames (decisions.md 14), or by going back to one before. Where the
// name of the policy changes, no label carries over (acm.md 4.1). Precondition: first < reigns.size().
[[nodiscard]] Lineage lineage_back(std::span<const Reign> reigns, std::size_t first);

}  // namespace xenacm::policy
