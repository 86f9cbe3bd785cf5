// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/derive.h"

#include <exception>
#include <new>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/monitor/json.h"
#include "enforcer/monitor/request_json.h"

namespace xenacm::audit {

Record under(const monitor::State& state, Record record) {
  const policy::PolicyRef& policy = state.tables().ref;
  record.mode = to_text(state.mode());
  record.policy = policy.name;
  record.version = policy.version.text();
  record.digest = policy.digest;
  return record;
}

monitor::Outcome outcome_of(const monitor::State& state, const monitor::Request& request) {
  try {
    return decide(state, request);
  } catch (const std::bad_alloc&) {
    throw;  // of the host's state, not of the request: no verdict, and nothing that a replay could derive
  } catch (const std::exception& error) {
    return std::unexpected(monitor::Fault{monitor::FaultCode::conflict, error.what(), {}});
  }
}

Record record_of(const monitor::State& state, const monitor::Request& request, const monitor::Outcome& outcome) {
  Record record = under(state, {.what = describe(state, request)});
  record.request = monitor::dump(monitor::to_json(request));
  if (!outcome) {
    record.decision = "error";
    record.message = outcome.error().message;
    record.reasons = monitor::dump(monitor::to_json(outcome.error().reasons));
    return record;
  }
  const monitor::Verdict& verdict = outcome->verdict;
  record.decision = to_text(verdict.decision);
  record.mode = to_text(verdict.mode);
  record.reasons = monitor::dump(monitor::to_json(verdict.reasons));
  if (verdict.reasons.empty()) return record;
  record.rule = to_text(verdict.reasons.front().rule);
  record.message = verdict.reasons.front().message;
  return record;
}

}  // namespace xenacm::audit
