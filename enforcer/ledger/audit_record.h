// SPDX-License-Identifier: Apache-2.0
// One line of the audit log: what was asked, by whom, what was answered and why.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "enforcer/monitor/decide.h"

namespace xenacm::ledger {

struct AuditRecord {
  std::int64_t seq = 0;               // 1, 2, …; given by the ledger, never used twice
  std::chrono::microseconds time{0};  // since 1970-01-01 UTC
  monitor::Description what;
  std::string decision;        // allow, deny, would-deny; error: the request could not be decided
  std::string rule;            // of the first reason; empty: none
  std::string message;         // of the first reason, or what was wrong with the request
  std::string reasons = "[]";  // JSON array (schemas/openapi.yaml: Reason)
  std::string mode;
  std::string policy;  // name, version and digest of the policy that was enforced
  std::string version;
  std::string digest;
  monitor::Caller who;
  std::chrono::microseconds latency{0};  // from the request to its decision
};

// schemas/openapi.yaml: AuditRecord.
[[nodiscard]] nlohmann::json to_json(const AuditRecord& record);

}  // namespace xenacm::ledger
