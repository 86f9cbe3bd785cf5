// SPDX-License-Identifier: Apache-2.0
// A change, tried on a copy of the policy: does it allow what was refused, and what else?
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "labeltool/suggest/situation.h"
#include "labeltool/suggest/suggestion.h"

namespace xenacm::labeltool::suggest {

// Changes the document's model. False: there is nothing to change in this way.
using Change = std::function<bool(policy::Policy&)>;
// Whether the tables allow what was refused.
using Allows = std::function<bool(const Tables&)>;

// A pair in either order.
[[nodiscard]] bool is_pair(const LabelPair& pair, const std::string& one, const std::string& other);

// None: it makes no policy, or does not allow it, or a label that runs would no longer be authorised.
// `asked` is what was refused: no part of what is allowed also.
[[nodiscard]] std::optional<Suggestion> try_policy(const Situation& situation, std::string what, const Change& change,
                                                   const Allows& allows, const Effects& asked);

// Labels that are suggested at most.
inline constexpr std::size_t kMostLabels = 3;

// The domain with each other label that may
// start, is in nobody's way, and of which `fits` holds: those that allow the least else, at most three. `label` is the
// one that it has, empty for none.
[[nodiscard]] std::vector<Suggestion> try_labels(const Situation& situation, const std::string& domain,
                                                 const std::string& label, const std::function<bool(VmLabelId)>& fits,
                                                 const Effects& asked);

// As one more of the list, if there is one.
void add(std::vector<Suggestion>& list, std::optional<Suggestion> suggestion);

// Those that allow the least else come first, of equal ones the one that came first; at most `most`.
void keep_smallest(std::vector<Suggestion>& suggestions, std::size_t most);

[[nodiscard]] policy::VmLabel* find_vm_label(policy::Policy& policy, const std::string& name);
// A type that the label lacks.
[[nodiscard]] bool add_type(policy::Policy& policy, const std::string& label, const std::string& type);

}  // namespace xenacm::labeltool::suggest
