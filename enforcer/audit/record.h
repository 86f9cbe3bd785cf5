// SPDX-License-Identifier: Apache-2.0
// One record of the audit log: what was asked, by whom, what was answered and why (docs/audit.md).
//
// The caller's fields are named as in Linux audit (uid, gid, pid, exe), the others in XACML's words (subject, action,
// object, decision).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "enforcer/monitor/decide.h"

namespace xenacm::audit {

struct Record {
  std::int64_t seq = 0;                    // 1, 2, …; given by the ledger, never used twice
  std::chrono::microseconds time{0};       // since 1970-01-01 UTC
  std::chrono::microseconds monotonic{0};  // since the host's boot (CLOCK_MONOTONIC); 0: unknown, as in schema 3
  monitor::Description what;
  std::string decision;          // allow, deny, would-deny; error: the request could not be decided
  std::string rule;              // of the first reason; empty: none
  std::string message;           // of the first reason, or what was wrong with the request
  std::string reasons = "[]";    // JSON array (schemas/openapi.yaml: Reason)
  std::string request = "null";  // the monitor's request as JSON; null: a note of the monitor's own
  std::string mode;
  std::string policy;  // name, version and digest of the policy that was enforced
  std::string version;
  std::string digest;
  monitor::Caller who;
  std::chrono::microseconds latency{0};  // from the request to its decision
};

// Its canonical form (RFC 8785): one line of JSON without white space, the members in byte order.
// Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string text_of(const Record& record);

// The error: what of the text is not a record.
[[nodiscard]] std::expected<Record, std::string> parse_record(std::string_view text);

// Which toolstack a program belongs to: xl, libvirt, xapi; empty: none that is known.
[[nodiscard]] std::string toolstack_of(std::string_view executable);

}  // namespace xenacm::audit
