// SPDX-License-Identifier: Apache-2.0
// What a domain that is about to start holds, so that two that may not run together are not both told that they may.
#include <algorithm>
#include <utility>

#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

namespace {

// Where both have a uuid it decides; else the name does.
bool is_of(const Ticket& ticket, const DomainName& name, const Uuid& uuid) {
  if (ticket.uuid != nil_uuid() && uuid != nil_uuid()) return ticket.uuid == uuid;
  return ticket.name == configured_name(name);
}

}  // namespace

void drop_tickets_of(const State& state, const DomainName& name, const Uuid& uuid, Delta& delta) {
  for (const auto& [id, ticket] : state.tickets()) {
    if (is_of(ticket, name, uuid)) delta.emplace_back(DropTicket{id});
  }
}

std::vector<Reason> judge_start_past_tickets(const State& state, const StartDomain& start, const StoredLabel& label) {
  const bool relabelled = std::ranges::any_of(state.tickets(), [&](const auto& entry) {
    return is_of(entry.second, start.name, start.uuid) && entry.second.label != label;
  });
  if (!relabelled) return judge_start(state, start, label);
  State past = state;
  Delta delta;
  drop_tickets_of(state, start.name, start.uuid, delta);
  past.apply(delta);
  return judge_start(past, start, label);
}

// Judged as the start itself will be.
Outcome decide(const State& state, const ReserveStart& reserve) {
  if (state.tickets().contains(reserve.ticket)) {
    return std::unexpected(Fault{FaultCode::conflict, "There is a ticket '" + reserve.ticket + "' already."});
  }
  const StartDomain& start = reserve.start;
  const StoredLabel label = effective_label(state, start.name, start.uuid);
  Delta delta;
  drop_tickets_of(state, start.name, start.uuid, delta);
  delta.emplace_back(PutTicket{{reserve.ticket, configured_name(start.name), start.uuid, label}});
  return conclude(state, label, judge_start_past_tickets(state, start, label), std::move(delta));
}

Outcome decide(const State& state, const LapseTicket& lapse) {
  if (!state.tickets().contains(lapse.ticket)) return allow(state, {});
  return allow(state, {DropTicket{lapse.ticket}});
}

}  // namespace xenacm::monitor
