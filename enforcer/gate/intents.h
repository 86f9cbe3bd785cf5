// SPDX-License-Identifier: Apache-2.0
// From what a transaction leaves behind to what has to be asked about it (docs/gate.md, "Links", "Domains").
#pragma once

#include <variant>
#include <vector>

#include "enforcer/gate/link_attributes.h"
#include "enforcer/monitor/request.h"

namespace xenacm::gate {

using Intent = std::variant<monitor::MalformedWrite, monitor::StartDomain, monitor::RenameDomain,
                            monitor::IntroduceDomain, monitor::AttachLink>;

// Malformed values first, for they settle the matter; then domains, their names, links, each once. Where a pointer's
// path and its value name different devices, a link is asked for each. `permissions`: by path, as XS_SET_PERMS has
// them.
[[nodiscard]] std::vector<Intent> intents_of(const Values& values, const Values& permissions);

}  // namespace xenacm::gate
