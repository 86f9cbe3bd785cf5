// SPDX-License-Identifier: Apache-2.0
// What an administrator decides where the name of a resource and the thing have come apart (docs/resources.md,
// "Mends").
#include "enforcer/monitor/remedy.h"
#include "enforcer/monitor/resource_label.h"
#include "enforcer/monitor/rules.h"

namespace xenacm::monitor {

namespace {

std::unexpected<Fault> refused(const Resource& resource, const std::string& why) {
  return std::unexpected(Fault{FaultCode::conflict, "'" + resource.name.get() + "' " + why});
}

using Record = ResourceRecords::Record;

// The labelled thing is what is at the name now, whatever was there when the label was given.
Outcome adopt(const State& state, const Record& record, const Resource& present) {
  if (!present.identity) return refused(present, "is not there; nothing can take the label over.");
  if (auto used = in_use(state, present)) return std::unexpected(*std::move(used));
  for (const Record* other : state.records().recorded_as(*present.identity)) {
    const auto& [name, resource] = *other;
    const auto& identity = resource.identity;
    if (other == &record || !identity || compare(*identity, *present.identity) == Likeness::different) continue;
    return refused(present, "is, or has the mark of, what '" + name.get() + "' was given its label for. (" +
                                remedy::rmlabel(name) + " removes that label; " +
                                remedy::repair(present.name, "forget_mark") + " takes the mark from a copy)");
  }
  return allow(state, {PutResource{record.first, {record.second.label, present.identity}}});
}

// The labelled thing is at another name now. Where its identity is on record it has to be that; where only its mark
// went along, to another file system, the mark has to be.
Outcome rename(const State& state, const Record& record, const Resource& to) {
  const auto& [name, resource] = record;
  if (!to.identity) return refused(to, "is not there; a label is not moved to nothing.");
  if (auto used = in_use(state, to)) return std::unexpected(*std::move(used));
  for (const Record* other : state.records().recorded_at(place_of(to.name))) {
    if (other != &record) return refused(to, "has a label of its own already, as '" + other->first.get() + "'.");
  }
  if (!resource.identity) return refused({name, {}, {}}, "was never seen; label the new name instead.");
  if (compare(*resource.identity, *to.identity) == Likeness::different) {
    return refused(to, "is not what '" + name.get() + "' was given its label for.");
  }
  return allow(state, {DropResource{name}, PutResource{to.name, {resource.label, to.identity}}});
}

}  // namespace

Outcome decide(const State& state, const RepairResource& request) {
  const Resource& present = request.resource;
  // A rename leaves the old name to whatever is there.
  if (request.mend != Mend::rename && !present.trouble.empty()) {
    return std::unexpected(Fault{FaultCode::conflict, present.trouble});
  }
  if (request.mend == Mend::forget_mark) {
    if (!present.identity || present.identity->mark.empty()) return refused(present, "carries no mark.");
    for (const Record* owner : state.records().recorded_as(*present.identity)) {
      const auto& identity = owner->second.identity;
      if (!identity || compare(*identity, *present.identity) != Likeness::same) continue;
      return refused(present, "is the labelled thing itself, not a copy. (" + remedy::rmlabel(owner->first) +
                                  " removes the label)");
    }
    return allow(state, {});
  }
  const Record* record = record_named(state, present);
  if (record == nullptr)
    return std::unexpected(Fault{FaultCode::not_found, "Resource not labeled: '" + present.name.get() + "'"});
  if (request.mend == Mend::adopt) return adopt(state, *record, present);
  if (!request.to) return std::unexpected(Fault{FaultCode::invalid, "a rename needs the new name"});
  if (!request.to->trouble.empty()) return std::unexpected(Fault{FaultCode::conflict, request.to->trouble});
  return rename(state, *record, *request.to);
}

}  // namespace xenacm::monitor
