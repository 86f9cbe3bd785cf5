// SPDX-License-Identifier: Apache-2.0
// Requests at random that often have an effect, about six domains and what they use (within rc::check).
#pragma once

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

[[nodiscard]] Request likely_request();

}  // namespace xenacm::monitor
