// SPDX-License-Identifier: Apache-2.0
// Requests at random, for properties (within rc::check).
#pragma once

#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

// One of each kind, with any bytes in its names.
[[nodiscard]] std::vector<Request> one_of_each();

// Whether all members of the two are the same.
[[nodiscard]] bool same(const Request& a, const Request& b);

}  // namespace xenacm::monitor
