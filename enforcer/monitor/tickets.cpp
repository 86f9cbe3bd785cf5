// SPDX-License-Identifier: Apache-2.0
// What a domain that is about to start holds, so that two that may not run together are not both told that they may.
#include <utility>

#include "enforcer/monitor/admission.h"

namespace xenacm::monitor {

void drop_tickets_of(const State& state, const DomainName& name, const Uuid& uuid, Delta& delta) {
  for (const auto& [id, ticket] : state.tickets()) {
    const bool same_domain = ticket.uuid == nil_uuid() || uuid == nil_uuid() || ticket.uuid == uuid;
    if (ticket.name == configured_name(name) && same_domain) delta.emplace_back(DropTicket{id});
  }
}

// Judged as the start itself will be. A ticket of the domain's own is in nobody's way here: what a label holds never
// conflicts with the same label.
Outcome decide(const State& state, const ReserveStart& reserve) {
  if (state.tickets().contains(reserve.ticket)) {
    return std::unexpected(Fault{FaultCode::conflict, "There is a ticket '" + reserve.ticket + "' already."});
  }
  const StartDomain& start = reserve.start;
  const StoredLabel label = effective_label(state, start.name, start.uuid);
  Delta delta;
  drop_tickets_of(state, start.name, start.uuid, delta);
  delta.emplace_back(PutTicket{{reserve.ticket, configured_name(start.name), start.uuid, label}});
  return conclude(state, label, judge_start(state, start, label), std::move(delta));
}

Outcome decide(const State& state, const LapseTicket& lapse) {
  if (!state.tickets().contains(lapse.ticket)) return allow(state, {});
  return allow(state, {DropTicket{lapse.ticket}});
}

}  // namespace xenacm::monitor
