// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/replay.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "enforcer/audit/derive.h"
#include "enforcer/audit/notes.h"
#include "enforcer/monitor/json.h"
#include "enforcer/monitor/json_depth.h"
#include "enforcer/monitor/request_json.h"
#include "enforcer/monitor/state_json.h"

namespace xenacm::audit {

using nlohmann::json;

namespace {

const json kNothing;

// A member, or null: a record of any form can be looked at.
const json& member(const json& object, const char* name) {
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string_view text(const json& object, const char* name) {
  const auto* value = member(object, name).get_ptr<const std::string*>();
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

// 0: it has none.
std::int64_t seq_of(const json& record) {
  const json& seq = member(record, "seq");
  if (!seq.is_number_unsigned() || seq.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) return 0;
  return seq.get<std::int64_t>();
}

// As it is recorded: bytes that are not UTF-8 are replaced there.
json as_recorded(const std::string& derived) { return json::parse(monitor::dump(json(derived))); }

void compare(std::int64_t seq, const std::string& what, const json& recorded, const std::string& derived,
             std::vector<Difference>& differences) {
  const auto* value = recorded.get_ptr<const std::string*>();
  if (value != nullptr && *value == derived) return;
  const json told = as_recorded(derived);
  if (recorded != told) differences.push_back({seq, what, monitor::dump(recorded), monitor::dump(told)});
}

void compare(std::int64_t seq, const json& recorded, const Record& derived, std::vector<Difference>& differences) {
  const json& policy = member(recorded, "policy");
  compare(seq, "policy.name", member(policy, "name"), derived.policy, differences);
  compare(seq, "policy.version", member(policy, "version"), derived.version, differences);
  compare(seq, "policy.digest", member(policy, "digest"), derived.digest, differences);
  compare(seq, "mode", member(recorded, "mode"), derived.mode, differences);
  compare(seq, "action", member(recorded, "action"), derived.what.action, differences);
  compare(seq, "subject", member(recorded, "subject"), derived.what.subject, differences);
  compare(seq, "subject_label", member(recorded, "subject_label"), derived.what.subject_label, differences);
  compare(seq, "object", member(recorded, "object"), derived.what.object, differences);
  compare(seq, "object_label", member(recorded, "object_label"), derived.what.object_label, differences);
  compare(seq, "decision", member(recorded, "decision"), derived.decision, differences);
  compare(seq, "rule", member(recorded, "rule"), derived.rule, differences);
  compare(seq, "message", member(recorded, "message"), derived.message, differences);
  const std::string reasons = monitor::dump(member(recorded, "reasons"));
  if (reasons != derived.reasons) differences.push_back({seq, "reasons", reasons, derived.reasons});
}

std::string records_between(std::int64_t first, std::int64_t last) {
  if (first == last) return "record " + std::to_string(first) + " is missing before it";
  return "records " + std::to_string(first) + " to " + std::to_string(last) + " are missing before it";
}

std::set<std::string> rows_of(const json& snapshot) {
  std::set<std::string> rows;
  for (const json& row : member(snapshot, "rows")) rows.insert(monitor::dump(row));
  return rows;
}

void end_tickets(monitor::State& state) {
  while (!state.tickets().empty()) state.apply(monitor::DropTicket{state.tickets().begin()->first});
}

}  // namespace

std::vector<Difference> Replay::feed(std::string_view line) {
  ++records_;
  Differences differences;
  const json record = monitor::is_shallow(line) ? json::parse(line, nullptr, false) : json();
  const std::int64_t seq = seq_of(record);
  if (seq == 0) {
    differences.push_back({0, "record", std::string(line), "after record " + std::to_string(last_) + " another one"});
    return differences;
  }
  if (!follow(seq, differences)) return differences;
  const json& request = member(record, "request");
  if (request.is_null()) {
    note(seq, record, differences);
  } else if (text(request, "kind") == monitor::kSnapshotKind) {
    compare_state(seq, request, differences);
  } else {
    derive(seq, record, differences);
  }
  return differences;
}

bool Replay::follow(std::int64_t seq, Differences& differences) {
  if (last_ == 0 && seq == 1) state_ = monitor::initial_state();
  if (last_ != 0 && seq <= last_) {
    differences.push_back({seq, "record", "after record " + std::to_string(last_), "before it, and once"});
    return false;
  }
  if (last_ != 0 && seq != last_ + 1) {
    differences.push_back(
        {seq, "record", "after record " + std::to_string(last_), records_between(last_ + 1, seq - 1)});
  }
  last_ = seq;
  return true;
}

void Replay::note(std::int64_t seq, const json& record, Differences& differences) {
  if (text(record, "via") != kOwnVoice) {
    if (requests_kept_) {
      differences.push_back({seq, "request", "null", "what was asked"});
    } else {
      ++without_;
      state_.reset();
    }
    return;
  }
  if (state_ && text(record, "action") == kDaemonStart) end_tickets(*state_);
}

void Replay::compare_state(std::int64_t seq, const json& snapshot, Differences& differences) {
  requests_kept_ = true;
  auto state = monitor::state_from_json(snapshot);
  if (!state) {
    differences.push_back({seq, "state", state.error(), "a state"});
    return;
  }
  if (state_) {
    const std::set<std::string> recorded = rows_of(snapshot);
    const std::set<std::string> derived = rows_of(monitor::to_json(*state_));
    for (const std::string& row : recorded) {
      if (!derived.contains(row)) differences.push_back({seq, "state", row, ""});
    }
    for (const std::string& row : derived) {
      if (!recorded.contains(row)) differences.push_back({seq, "state", "", row});
    }
  }
  state_ = *std::move(state);
}

void Replay::derive(std::int64_t seq, const json& record, Differences& differences) {
  const bool unknown_before = !requests_kept_ && !state_;
  requests_kept_ = true;
  if (!state_) {
    if (unknown_before)
      differences.push_back({seq, "state", "", "a snapshot before the first request that is not record 1"});
    return;
  }
  const auto request = monitor::request_from_json(member(record, "request"));
  if (!request) {
    differences.push_back({seq, "request", request.error(), "a request"});
    return;
  }
  const monitor::Outcome outcome = outcome_of(*state_, *request);
  compare(seq, record, record_of(*state_, *request, outcome), differences);
  if (outcome) state_->apply(outcome->delta);
  ++derived_;
}

}  // namespace xenacm::audit
