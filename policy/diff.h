// SPDX-License-Identifier: Apache-2.0
// What a change of policy means for who may share with whom, and who may run beside whom.
#pragma once

#include <string>
#include <vector>

#include "policy/compiler.h"

namespace xenacm::policy {

struct RenamedLabel {
  std::string from;
  std::string to;
  friend bool operator==(const RenamedLabel&, const RenamedLabel&) = default;
};

// Labels of one kind, by name, in byte order.
struct LabelChanges {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<RenamedLabel> renamed;
};

// Two labels of domains, or a domain's and a resource's, by their names under the new policy.
struct LabelPair {
  std::string first;
  std::string second;
  friend bool operator==(const LabelPair&, const LabelPair&) = default;
};

struct PairChanges {
  std::vector<LabelPair> begin;
  std::vector<LabelPair> cease;
};

// About labels that both policies have, the new one's renames applied. A renamed label is the same label; types count
// only by what they do, so a renamed type is no difference. Lists are in the order of the new policy's tables.
struct Difference {
  LabelChanges vm_labels;
  LabelChanges resource_labels;
  PairChanges sharing;                  // two domains' labels: share(a, b), a pair of one label too (acm.md 3.1)
  PairChanges exclusion;                // two domains' labels: running together is a conflict (acm.md 3.3)
  PairChanges access;                   // a domain's label and a resource's: share(a, b)
  std::vector<std::string> unreadable;  // resource labels whose last reader the change takes away; removed labels of
                                        // domains count as readers before
  [[nodiscard]] bool empty() const;
};

// As an update from one policy to the other would have it: from= names labels of the older (decisions.md 14).
[[nodiscard]] Difference difference(const Compiled& older, const Compiled& newer);

}  // namespace xenacm::policy
