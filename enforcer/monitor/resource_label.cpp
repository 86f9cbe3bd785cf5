// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource_label.h"

namespace xenacm::monitor {

namespace {

FoundLabel contradiction(std::string what, std::string mend) {
  return {.record = std::nullopt, .contradiction = std::move(what), .mend = std::move(mend)};
}

const LabelledResource& record_of(const State& state, const ResourceName& name) { return state.resources().at(name); }

FoundLabel copied(const State& state, const ResourceName& original, const Resource& resource) {
  const std::string& name = resource.name.get();
  return contradiction(
      "'" + name + "' has part of what '" + original.get() + "' (" + record_of(state, original).label.text() +
          ") is known by, and is not the same: a copy that took its mark along, one moved from another file system, or "
          "one that lost its mark",
      "if it is a copy: labeltool resources --repair " + name +
          " forget_mark; if it is the labelled one: labeltool "
          "resources --repair " +
          original.get() + (place_of(original) == place_of(resource.name) ? " adopt" : " rename " + name));
}

FoundLabel replaced(const ResourceName& record, const StoredLabel& label) {
  const std::string& name = record.get();
  return contradiction("'" + name + "' is labeled '" + label.text() +
                           "', but something else is there now than what was "
                           "labeled",
                       "if it is to carry the label: labeltool resources --repair " + name +
                           " adopt; if not: labeltool rmlabel res " + name);
}

FoundLabel two_labels(const State& state, const ResourceName& one, const ResourceName& other) {
  return contradiction("'" + one.get() + "' is labeled '" + record_of(state, one).label.text() +
                           "', and the same is labeled '" + record_of(state, other).label.text() + "' as '" +
                           other.get() + "'",
                       "labeltool rmlabel res " + one.get() + ", or labeltool rmlabel res " + other.get());
}

FoundLabel two_records(const State& state, const ResourceName& named, const ResourceName& known) {
  return contradiction("'" + named.get() + "' is labeled '" + record_of(state, named).label.text() +
                           "', but what is there now was labeled '" + record_of(state, known).label.text() + "' as '" +
                           known.get() + "'",
                       "labeltool rmlabel res " + named.get() +
                           ", and if it was moved there: labeltool resources "
                           "--repair " +
                           known.get() + " rename " + named.get());
}

}  // namespace

FoundLabel find_label(const State& state, const Resource& resource) {
  if (!resource.trouble.empty()) {
    return contradiction(resource.trouble, "make '" + resource.name.get() + "' readable for acm-enforcerd");
  }
  // Records made under this name or another of the same place: one, unless an earlier version made them.
  const auto at_place = state.recorded_at(place_of(resource.name));
  const auto named = at_place.empty() ? std::nullopt : std::optional(*at_place.begin());
  for (const ResourceName& other : at_place) {
    if (record_of(state, other).label != record_of(state, *named).label) return two_labels(state, *named, other);
  }
  if (!resource.identity) return {.record = named};

  std::optional<ResourceName> known;
  for (const ResourceName& candidate : state.recorded_as(*resource.identity)) {
    const auto& identity = record_of(state, candidate).identity;
    if (!identity) continue;
    switch (compare(*identity, *resource.identity)) {
      case Likeness::contradictory:
        return copied(state, candidate, resource);
      case Likeness::same:
        known = candidate;
        break;
      case Likeness::different:
        break;
    }
  }
  if (!named || named == known) return {.record = known};
  const LabelledResource& at_name = record_of(state, *named);
  if (known) {
    if (at_name.label == record_of(state, *known).label) return {.record = known};
    return two_records(state, *named, *known);
  }
  if (!at_name.identity) return {.record = named, .unbound = true};
  return replaced(*named, at_name.label);
}

void bind(const State& state, const Resource& resource, Delta& delta) {
  const FoundLabel found = find_label(state, resource);
  if (!found.unbound) return;
  delta.emplace_back(PutResource{*found.record, {record_of(state, *found.record).label, resource.identity}});
}

}  // namespace xenacm::monitor
