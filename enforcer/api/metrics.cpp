// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "enforcer/api/exposition.h"

namespace xenacm::api {

using monitor::Decision;
using monitor::RequestClass;
using monitor::Rule;
using monitor::State;
using monitor::Tally;
using nlohmann::json;

namespace {

constexpr double kMicrosecondsPerSecond = 1e6;

template <class Visit>
void for_each_class(Visit visit) {
  for (std::size_t index = 0; index < monitor::kRequestClasses; ++index) visit(static_cast<RequestClass>(index));
}

void tell_info(Exposition& text, const State& state) {
  text.gauge("xenacm_build_info", "1; its label is the daemon's version.");
  text.sample(1, {{"version", XENACM_VERSION}});
  const policy::PolicyRef& policy = state.tables().ref;
  text.gauge("xenacm_policy_info", "1; its labels are the enforced policy.");
  text.sample(1, {{"name", policy.name}, {"version", policy.version.text()}, {"digest", policy.digest}});
}

// All of them from the start, so that a rate tells of the first one. No verdict to allow has a rule.
void tell_verdicts(Exposition& text, const Tally& tally) {
  text.counter("xenacm_verdicts_total", "Verdicts since the daemon's start, by decision, deciding rule and class.");
  for (const Decision decision : monitor::kDecisions) {
    const auto tell = [&](std::optional<Rule> rule) {
      for_each_class([&](RequestClass request_class) {
        const std::uint64_t count = tally.verdicts(decision, rule, request_class);
        if (count == 0 && rule.has_value() == (decision == Decision::allow)) return;
        text.sample(count, {{"decision", to_text(decision)},
                            {"rule", rule ? to_text(*rule) : "none"},
                            {"class", to_text(request_class)}});
      });
    };
    tell(std::nullopt);
    std::ranges::for_each(monitor::kRules, tell);
  }
  text.counter("xenacm_request_errors_total", "Requests since the daemon's start that could not be decided.");
  for_each_class([&](RequestClass request_class) {
    text.sample(tally.faults(request_class), {{"class", to_text(request_class)}});
  });
}

void tell_waits(Exposition& text, const Tally& tally) {
  const Tally::Waits waits = tally.waits();
  std::array<double, Tally::kBounds.size()> bounds{};
  std::ranges::transform(Tally::kBounds, bounds.begin(),
                         [](auto bound) { return static_cast<double>(bound) / kMicrosecondsPerSecond; });
  text.histogram("xenacm_verdict_seconds", "From a request to its verdict, which is durable by then.", bounds,
                 waits.counts, std::chrono::duration<double>(waits.sum).count());
}

void tell_mode(Exposition& text, const State& state) {
  text.gauge("xenacm_enforcing", "1 while the global mode is enforcing.");
  text.sample(state.mode() == monitor::Mode::enforcing ? 1 : 0);
  text.gauge("xenacm_permissive_labels", "Labels whose own mode is permissive.");
  text.sample(static_cast<std::uint64_t>(std::ranges::count_if(state.modes(), [](const auto& entry) {
    return !entry.first.empty() && entry.second == monitor::Mode::permissive;
  })));
}

void tell_links(Exposition& text, const State& state) {
  std::array<std::uint64_t, monitor::kRequestClasses> links{};
  for (const auto& [key, link] : state.links()) {
    ++links.at(static_cast<std::size_t>(monitor::class_of_link(key.device_class)));
  }
  text.gauge("xenacm_links", "Admitted links between domains, by device class.");
  for (auto index = static_cast<std::size_t>(RequestClass::vif);
       index <= static_cast<std::size_t>(RequestClass::xenstore); ++index) {
    text.sample(links.at(index), {{"class", to_text(static_cast<RequestClass>(index))}});
  }
}

void tell_running(Exposition& text, const State& state) {
  text.gauge("xenacm_running_domains", "Domains that the ledger holds as running, Domain-0 included.");
  text.sample(state.running().size());
  text.gauge("xenacm_adopted_domains", "Of these, those that run without a verdict.");
  text.sample(static_cast<std::uint64_t>(
      std::ranges::count_if(state.running(), [](const auto& entry) { return entry.second.adopted; })));
  text.gauge("xenacm_tickets", "Domains that are about to start.");
  text.sample(state.tickets().size());
  tell_links(text, state);
}

void tell_wall(Exposition& text, const State& state) {
  const policy::Tables& tables = state.tables();
  const auto runs = [&](std::size_t type) { return static_cast<std::uint64_t>(state.wall().running()[type]); };
  text.gauge("xenacm_running_types", "Running domains by Chinese Wall type.");
  for (std::size_t type = 0; type < tables.chw_types.size(); ++type) {
    text.sample(runs(type), {{"type", tables.chw_types[type]}});
  }
  // Sets of one name are told as one: the fullest.
  std::map<std::string, std::uint64_t> sets;
  for (std::size_t row = 0; row < tables.conflict_sets.size(); ++row) {
    std::uint64_t running = 0;
    policy::for_each_bit(tables.conflicts.row(row), [&](std::size_t type) { running += runs(type) > 0 ? 1 : 0; });
    std::uint64_t& most = sets[tables.conflict_sets[row].name];
    most = std::max(most, running);
  }
  text.gauge("xenacm_conflict_set_running_types", "Types of the conflict set that run; more than 1 are in conflict.");
  for (const auto& [name, running] : sets) text.sample(running, {{"conflict_set", name}});
}

// What every healthy host has raises no alert.
std::uint64_t unexpected_bypasses(const json& gate) {
  const json bypass = gate.value("bypass", json::array());
  return static_cast<std::uint64_t>(
      std::ranges::count_if(bypass, [](const json& one) { return !one.value("expected", false); }));
}

void tell_gate(Exposition& text, const json& gate) {
  const auto number = [&](const char* key) { return gate.value(key, std::uint64_t{0}); };
  text.gauge("xenacm_gate_enabled", "1 where the gate is configured.");
  text.sample(gate.at("enabled").get<bool>() ? 1 : 0);
  text.gauge("xenacm_gate_connections", "Clients of xenstored that are connected through the gate.");
  text.sample(number("connections"));
  text.gauge("xenacm_gate_waiting", "Requests that the gate holds until their verdict.");
  text.sample(number("waiting"));
  text.counter("xenacm_gate_forwarded_total", "Requests that the gate forwarded to xenstored.");
  text.sample(number("forwarded"));
  text.counter("xenacm_gate_judged_total", "Verdicts that the gate asked for.");
  text.sample(number("judged"));
  text.counter("xenacm_gate_refused_total", "Commits and writes that the gate refused.");
  text.sample(number("refused"));
  text.gauge("xenacm_gate_bypass", "Processes that speak to xenstored round the gate and are not expected to.");
  text.sample(unexpected_bypasses(gate));
  text.gauge("xenacm_gate_bypass_unseen", "1 while connections round the gate cannot be looked for.");
  text.sample(gate.contains("bypass_unseen") ? 1 : 0);
}

void tell_guard(Exposition& text, const json& guard) {
  text.gauge("xenacm_guard_enabled", "1 where the guard is configured.");
  text.sample(guard.at("enabled").get<bool>() ? 1 : 0);
  text.counter("xenacm_guard_looks_total", "Times that the guard asked the hypervisor what runs.");
  text.sample(guard.value("looks", std::uint64_t{0}));
  text.counter("xenacm_guard_alarms_total", "What came round the gate and was refused, or would have been.");
  text.sample(guard.value("alarms", std::uint64_t{0}));
}

void tell_log(Exposition& text, const json& audit) {
  const auto number = [&](const char* key) { return audit.at(key).get<std::uint64_t>(); };
  text.gauge("xenacm_requests_waiting", "Requests that wait for their turn to be decided.");
  text.sample(number("waiting"));
  text.gauge("xenacm_audit_writable", "0 while no record can be written.");
  text.sample(audit.at("writable").get<bool>() ? 1 : 0);
  text.counter("xenacm_audit_gaps_total", "Times in which no record could be written.");
  text.sample(number("gaps"));
  text.gauge("xenacm_audit_gap_verdicts", "Verdicts without a record in the present or last gap.");
  text.sample(number("refused"), {{"kind", "refused"}});
  text.sample(number("let_through"), {{"kind", "let through"}});
  text.sample(number("late"), {{"kind", "recorded late"}});
  text.gauge("xenacm_audit_last_record", "Number of the last record.");
  text.sample(number("last_record"));
  text.gauge("xenacm_audit_checkpoint_record", "Number of the last record that a checkpoint signs; 0: none.");
  text.sample(number("checkpoint_record"));
  text.gauge("xenacm_audit_checkpoint_timestamp_seconds", "When that was, since 1970-01-01 UTC; 0: never.");
  text.sample_seconds(static_cast<double>(number("checkpoint_time")) / kMicrosecondsPerSecond);
  text.gauge("xenacm_ledger_bytes", "Size of the ledger's files.");
  text.sample(number("ledger_bytes"), {{"file", "ledger.db"}});
  text.sample(number("wal_bytes"), {{"file", "ledger.db-wal"}});
  text.gauge("xenacm_audit_archived_records", "Number of the newest record that is in an archive; 0: none is.");
  text.sample(number("archived_to"));
  text.gauge("xenacm_audit_archive_failing", "1 while the oldest records cannot be archived.");
  text.sample(audit.at("archive_error") == "" ? 0 : 1);
}

void tell_outputs(Exposition& text, const json& outputs) {
  const auto name = [](const json& output) { return output.at("name").get<std::string>(); };
  text.gauge("xenacm_audit_output_position", "Number of the last record that the output has.");
  for (const json& output : outputs) {
    text.sample(output.at("position").get<std::uint64_t>(), {{"output", name(output)}});
  }
  text.gauge("xenacm_audit_output_failing", "1 while the output takes nothing.");
  for (const json& output : outputs) text.sample(output.at("error") == "" ? 0 : 1, {{"output", name(output)}});
}

}  // namespace

std::string metrics_text(const State& state, const Tally& tally, const json& lines, const json& audit) {
  Exposition text;
  tell_info(text, state);
  tell_mode(text, state);
  tell_verdicts(text, tally);
  tell_waits(text, tally);
  tell_running(text, state);
  tell_wall(text, state);
  tell_gate(text, lines.at("gate"));
  tell_guard(text, lines.at("guard"));
  tell_log(text, audit);
  tell_outputs(text, audit.at("outputs"));
  return text.text();
}

}  // namespace xenacm::api
