// SPDX-License-Identifier: Apache-2.0
// From the values a transaction leaves behind to what has to be asked about them (docs/gate.md, "Links", "Domains").
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::gate {

using Intent = std::variant<monitor::MalformedWrite, monitor::StartDomain, monitor::AttachLink>;

using Values = std::map<std::string, std::string, std::less<>>;  // absolute path -> value

// Malformed values first, for they settle the matter; then domains, then links, each once. Where a pointer's path and
// its value name different domains, a link is asked for each.
[[nodiscard]] std::vector<Intent> intents_of(const Values& values);

}  // namespace xenacm::gate
