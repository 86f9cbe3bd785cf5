// SPDX-License-Identifier: Apache-2.0
// The import itself: the policy, then label after label, and all of it taken back where one of them is refused.
#pragma once

#include "labeltool/command.h"
#include "labeltool/import/plan.h"
#include "labeltool/policy_file.h"

namespace xenacm::labeltool {

// "/v1/resources/NAME/label", or of a domain.
[[nodiscard]] std::string label_target(const Import& import);

// `set_policy`: the document is not in force yet. The failure says what was refused, and what could not be taken back.
[[nodiscard]] Result carry_out(const Context& context, const PolicyFile& policy, bool set_policy,
                               const std::vector<Import>& labels);

}  // namespace xenacm::labeltool
