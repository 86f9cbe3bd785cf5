// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/recording.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/audit/derive.h"
#include "enforcer/audit/notes.h"
#include "enforcer/monitor/json.h"
#include "enforcer/monitor/state_json.h"

namespace xenacm::ledger {

using monitor::Decision;
using monitor::Rule;

namespace {

std::chrono::microseconds wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::chrono::microseconds monotonic_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

template <class... Alternatives, class Variant>
bool holds_any(const Variant& variant) {
  return (std::holds_alternative<Alternatives>(variant) || ...);
}

}  // namespace

bool is_news(const monitor::Request& request, const monitor::Decided& decided) {
  using namespace monitor;
  const bool repeatable = holds_any<StopDomain, AdoptDomain, AdoptLink, DetachLink, DetachBelow, LapseTicket,
                                    IntroduceDomain, RenameDomain, AttachLink>(request);
  return !repeatable || !decided.delta.empty() || decided.verdict.decision != Decision::allow;
}

audit::Record note_of(monitor::Description what, const monitor::Caller& who) {
  return {
      .time = wall_clock(), .monotonic = monotonic_clock(), .what = std::move(what), .decision = "allow", .who = who};
}

audit::Record retirement(std::string action, const Segment& segment, const monitor::Caller& self) {
  audit::Record record =
      note_of({.action = std::move(action),
               .subject = "records " + std::to_string(segment.first) + " to " + std::to_string(segment.last)},
              self);
  record.message = "the hash of the last one is " + audit::to_hex(segment.hash);
  return record;
}

audit::Record gap_record(const monitor::Caller& self, std::string message) {
  audit::Record record = note_of({.action = "gap", .subject = "audit log"}, self);
  record.decision = "error";
  record.rule = to_text(Rule::unavailable);
  record.message = std::move(message);
  return record;
}

audit::Record snapshot_of(const monitor::State& state, const monitor::Caller& self) {
  audit::Record record =
      audit::under(state, note_of({.action = std::string(audit::kSnapshot), .subject = "state"}, self));
  record.request = monitor::dump(monitor::to_json(state));
  return record;
}

audit::Record decision_record(const monitor::State& state, const monitor::Request& request,
                              const monitor::Outcome& outcome, const monitor::Caller& who) {
  audit::Record record = audit::record_of(state, request, outcome);
  record.time = wall_clock();
  record.monotonic = monotonic_clock();
  record.who = who;
  if (record.who.toolstack.empty()) record.who.toolstack = audit::toolstack_of(who.executable);
  return record;
}

monitor::Verdict unavailable(const monitor::Request& request, monitor::Mode mode, const std::string& error) {
  const bool machine =
      holds_any<monitor::StartDomain, monitor::ReserveStart, monitor::IntroduceDomain, monitor::RenameDomain,
                monitor::AdoptDomain, monitor::AttachLink, monitor::AdoptLink>(request);
  const bool let_through = machine && mode == monitor::Mode::permissive;
  return {.decision = let_through ? Decision::would_deny : Decision::deny,
          .reasons = {{.rule = Rule::unavailable,
                       .message = "the verdict could not be recorded: " + error,
                       .remedy = "see that the state directory can be written, then try again"}},
          .mode = mode};
}

}  // namespace xenacm::ledger
