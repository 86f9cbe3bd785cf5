// SPDX-License-Identifier: Apache-2.0
// The target of a request, taken apart. Internal to enforcer/api.
#pragma once

#include <string_view>

#include "enforcer/api/message.h"

namespace xenacm::api {

// The target "/v1/domains/a%20b/label?x=1" into the call's path and query, decoded; false: not of that form.
[[nodiscard]] bool read_target(std::string_view target, Call& call);

}  // namespace xenacm::api
