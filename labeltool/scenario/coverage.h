// SPDX-License-Identifier: Apache-2.0
// What of the policies no step touched (docs/scenarios.md, "Coverage").
#pragma once

#include <set>
#include <string>
#include <vector>

#include "labeltool/scenario/host.h"

namespace xenacm::labeltool::scenario {

struct UntouchedSet {
  std::string name;
  unsigned line = 0;  // two sets may have one name
  std::vector<std::string> types;
};

// Each list in byte order.
struct Untouched {
  policy::PolicyRef policy;
  std::vector<std::string> vm_labels;
  std::vector<std::string> resource_labels;
  std::vector<std::string> ste_types;
  std::vector<std::string> chw_types;
  std::vector<UntouchedSet> conflict_sets;
};

// Counts over any number of scenarios; a policy document that is used in several is one.
class Coverage {
 public:
  // The state after a step, and what came of it. To be called before the first step too, without one.
  void note(const monitor::State& state);
  void note(const Host& host, const Deed& deed, const Answer& answer);

  // Of every policy that was in force, in the order in which they were.
  [[nodiscard]] std::vector<Untouched> untouched() const;

 private:
  struct Touched {
    policy::Tables tables;
    std::set<std::string> vm_labels, resource_labels, ste_types, chw_types;
    std::set<std::size_t> conflict_sets;
  };

  Touched& touched(const monitor::State& state);
  void note_refusals(const Answer& answer);

  std::vector<Touched> policies_;
};

}  // namespace xenacm::labeltool::scenario
