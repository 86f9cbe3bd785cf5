// SPDX-License-Identifier: Apache-2.0
// New records of the audit log, as they are written.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "labeltool/command.h"

namespace xenacm::labeltool::review {

// Shows the newest `limit` records that the parameters choose, then each new one: none is left out, none shown twice,
// also where the daemon is away in between. Ends where the daemon refuses to answer, or has another log.
[[nodiscard]] Result follow(const Context& context, const std::string& parameters, unsigned limit,
                            const std::function<Result(const nlohmann::json& records)>& show);

}  // namespace xenacm::labeltool::review
