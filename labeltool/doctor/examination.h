// SPDX-License-Identifier: Apache-2.0
// Looks at this host, group after group, and gathers what is found.
#pragma once

#include <chrono>
#include <expected>

#include "labeltool/command.h"
#include "labeltool/doctor/report.h"

namespace xenacm::labeltool::doctor {

// `patience`: how long devices may take that are about to connect. The error: this is no host that could be looked at.
[[nodiscard]] std::expected<Report, Failure> examine(const Context& context, std::chrono::seconds patience);

}  // namespace xenacm::labeltool::doctor
