// SPDX-License-Identifier: Apache-2.0
// Requests as JSON, {"kind":"start",…}, and back without loss: the audit log keeps them, so that every verdict can be
// derived again (docs/audit.md, "Replay").
#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

[[nodiscard]] nlohmann::json to_json(const Request& request);

// The error says what is wrong with which member. A policy is compiled anew from its document.
[[nodiscard]] std::expected<Request, std::string> request_from_json(const nlohmann::json& value);

}  // namespace xenacm::monitor
