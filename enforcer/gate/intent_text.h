// SPDX-License-Identifier: Apache-2.0
// An intent as the monitor's requests, and as words for the operational log.
#pragma once

#include <optional>
#include <string>

#include "enforcer/gate/intents.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::gate {

[[nodiscard]] monitor::Request to_request(const Intent& intent);

// What gives an allowed intent back that did not come true; none where nothing was reserved, nor for a name: the one
// before is not known here.
[[nodiscard]] std::optional<monitor::Request> withdrawal_of(const Intent& intent);

[[nodiscard]] std::string describe(const Intent& intent);

// Precondition: the reply does not allow.
[[nodiscard]] std::string why_not(const monitor::Reply& reply);

}  // namespace xenacm::gate
