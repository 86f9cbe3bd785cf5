// SPDX-License-Identifier: Apache-2.0
// What is wrong with a policy that is to replace the present one, whatever runs (acm.md 2, 4.1; decisions.md 13, 14).
#pragma once

#include <string>
#include <vector>

#include "enforcer/monitor/state.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

// Of the document alone, held against the policy in force: its signature, its name, the version chain, what it renames.
// A way back
// (`SetPolicy::back`) is held to no chain.
[[nodiscard]] std::vector<Fault> faults_of_document(const State& state, const SetPolicy& set);

// Of what would become of the labels: Domain-0 without one, or too many that lose their meaning. `updated` is the state
// that the policy would leave.
[[nodiscard]] std::vector<Fault> faults_of_labels(const State& state, const State& updated, unsigned most_invalidated);

// One fault that says all of them, and what runs and is in the way beside. Precondition: there is one.
[[nodiscard]] Fault all_at_once(std::vector<Fault> faults, std::vector<Reason> reasons);

}  // namespace xenacm::monitor
