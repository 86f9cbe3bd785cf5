// SPDX-License-Identifier: Apache-2.0
// Whether the audit log is whole, goes where it should, and is in time.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "enforcer/audit/verify.h"
#include "labeltool/command.h"
#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

using Micros = std::chrono::microseconds;

struct RecordFacts {
  nlohmann::json state;  // AuditState (schemas/openapi.yaml)
  std::optional<audit::Finding> unsound = {};
  bool is_signed = true;
};

struct ClockFacts {
  bool systemd = false;
  bool synchronised = true;  // as the kernel has been told
  Micros now{0};             // since 1970-01-01 UTC
  Micros latest{0};          // of the newest records
};

[[nodiscard]] Findings check_records(const RecordFacts& facts);
[[nodiscard]] Findings check_clock(const ClockFacts& facts);

// Reads all of the log.
[[nodiscard]] std::expected<RecordFacts, Failure> look_at_records(const Context& context, const nlohmann::json& status);
[[nodiscard]] std::expected<ClockFacts, Failure> look_at_clock(const Context& context, bool systemd);

}  // namespace xenacm::labeltool::doctor
