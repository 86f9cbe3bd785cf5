// SPDX-License-Identifier: Apache-2.0
// The parameters of GET /v1/audit. Internal to enforcer/api.
#pragma once

#include <expected>
#include <map>
#include <string>

#include "enforcer/audit/filter.h"

namespace xenacm::api {

// The error names the parameter that is wrong, or that there is none of: one that was misspelt would show what it was
// to keep out.
[[nodiscard]] std::expected<audit::Filter, std::string> read_audit_query(
    const std::map<std::string, std::string>& query);

}  // namespace xenacm::api
