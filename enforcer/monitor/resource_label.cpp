// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource_label.h"

#include <algorithm>
#include <utility>

#include "enforcer/monitor/remedy.h"

namespace xenacm::monitor {

namespace {

using Record = ResourceRecords::Record;

FoundLabel contradiction(std::string what, std::string mend) {
  return {.contradiction = std::move(what), .mend = std::move(mend)};
}

FoundLabel copied(const Record& recorded, const Resource& resource) {
  const std::string& name = resource.name.get();
  const auto& [original, record] = recorded;
  const bool in_place = place_of(original) == place_of(resource.name);
  const std::string mend = in_place ? remedy::repair(original, "adopt") : remedy::rename(original, resource.name);
  const bool has_mark = !resource.identity->mark.empty() && resource.identity->mark == record.identity->mark;
  return contradiction(
      "'" + name + "' has part of what '" + original.get() + "' (" + record.label.text() +
          ") is known by, and is not the same: a copy that took its mark along, one moved from another file system, or "
          "one that lost its mark",
      (has_mark ? "if it is a copy: " + remedy::repair(resource.name, "forget_mark") + "; " : "") +
          "if it is the labelled one: " + mend);
}

FoundLabel replaced(const Record& recorded) {
  const auto& [name, record] = recorded;
  return contradiction(
      "'" + name.get() + "' is labeled '" + record.label.text() +
          "', but something else is there now than what was "
          "labeled",
      "if it is to carry the label: " + remedy::repair(name, "adopt") + "; if not: " + remedy::rmlabel(name));
}

// A link that got the thing under another name, while it was unlabelled.
std::optional<ResourceName> unlabelled_use(const State& state, const ResourceName& record, const Identity& present) {
  for (const auto& [key, link] : state.links()) {
    for (const Resource& used : link.resources) {
      const bool same = used.identity && compare(*used.identity, present) != Likeness::different;
      if (same && place_of(used.name) != place_of(record)) return used.name;
    }
  }
  return std::nullopt;
}

FoundLabel used_before(const ResourceName& record, const ResourceName& user) {
  return contradiction("'" + record.get() + "' was labeled before it was there, and what is there now is in use as '" +
                           user.get() + "', without that label",
                       "stop the domain that uses '" + user.get() + "' first");
}

FoundLabel two_labels(const Record& one, const Record& other) {
  return contradiction("'" + one.first.get() + "' is labeled '" + one.second.label.text() +
                           "', and the same is labeled '" + other.second.label.text() + "' as '" + other.first.get() +
                           "'",
                       remedy::rmlabel(one.first) + ", or " + remedy::rmlabel(other.first));
}

FoundLabel two_records(const Record& named, const Record& known) {
  return contradiction(
      "'" + named.first.get() + "' is labeled '" + named.second.label.text() +
          "', but what is there now was labeled '" + known.second.label.text() + "' as '" + known.first.get() + "'",
      remedy::rmlabel(named.first) + ", and if it was moved there: " + remedy::rename(known.first, named.first));
}

}  // namespace

FoundLabel find_label(const State& state, const Resource& resource) {
  if (!resource.trouble.empty()) {
    return contradiction(resource.trouble, "name another file or device, or mend that one");
  }
  // Records made under this name or another of the same place: one, unless an earlier version made them.
  const ResourceRecords::Found at_place = state.records().recorded_at(place_of(resource.name));
  const Record* named = at_place.empty() ? nullptr : at_place.front();
  for (const Record* other : at_place) {
    if (other->second.label != named->second.label) return two_labels(*named, *other);
  }
  if (!resource.identity) return {.record = named};

  const Record* known = nullptr;
  for (const Record* candidate : state.records().recorded_as(*resource.identity)) {
    const auto& identity = candidate->second.identity;
    if (!identity) continue;
    switch (compare(*identity, *resource.identity)) {
      case Likeness::contradictory:
        return copied(*candidate, resource);
      case Likeness::same:
        known = candidate;
        break;
      case Likeness::different:
        break;
    }
  }
  if (named == nullptr || named == known) return {.record = known};
  if (known != nullptr) {
    if (named->second.label == known->second.label) return {.record = known};
    return two_records(*named, *known);
  }
  if (!named->second.identity) {
    const ResourceName& name = named->first;
    if (const auto user = unlabelled_use(state, name, *resource.identity)) return used_before(name, *user);
    return {.record = named, .unbound = true};
  }
  return replaced(*named);
}

const Record* record_named(const State& state, const Resource& resource) {
  for (const ResourceName& name : {resource.typed.value_or(resource.name), resource.name}) {
    const auto found = state.resources().find(name);
    if (found != state.resources().end()) return &*found;
    const ResourceRecords::Found at_place = state.records().recorded_at(place_of(name));
    if (!at_place.empty()) return at_place.front();
  }
  return find_label(state, resource).record;
}

std::optional<Fault> in_use(const State& state, const Resource& resource) {
  const ResourceName& name = resource.name;
  for (const auto& [key, link] : state.links()) {
    const RunningDomain* backend = state.find_running(key.backend);
    const std::string host = backend != nullptr ? configured_name(backend->name).get() : std::string();
    const auto plugged_into = [&](std::string_view kind, const std::string& network) {
      return !network.empty() && network_name(kind, network, host) == name;
    };
    const bool used =
        std::ranges::any_of(link.resources, [&](const Resource& disk) { return may_be_same(disk, resource); }) ||
        plugged_into("bridge", link.network.bridge) || plugged_into("nic", link.network.nic) ||
        plugged_into("bridge", link.network.bridge.substr(0, link.network.bridge.find('.')));  // BRIDGE.VLAN
    if (!used) continue;
    const RunningDomain* frontend = state.find_running(key.frontend);
    const std::string user = frontend != nullptr ? frontend->name.get() : std::to_string(key.frontend.get());
    return Fault{FaultCode::conflict, "The resource is in use: '" + name.get() + "' by " + key.device_class + " " +
                                          std::to_string(key.device) + " of domain '" + user +
                                          "'; detach it, or stop the domain, first."};
  }
  return std::nullopt;
}

void bind(const State& state, const Resource& resource, Delta& delta) {
  const FoundLabel found = find_label(state, resource);
  if (!found.unbound) return;
  const auto& [name, record] = *found.record;
  delta.emplace_back(PutResource{name, {record.label, resource.identity}});
}

std::optional<StoredLabel> label_of_link(const State& state, const Link& link) {
  const RunningDomain* frontend = state.find_running(link.key.frontend);
  const RunningDomain* backend = state.find_running(link.key.backend);
  if (frontend == nullptr || backend == nullptr) return std::nullopt;
  const auto labelled = [&](const ResourceName& name) -> std::optional<StoredLabel> {
    const auto found = state.resources().find(name);
    return found == state.resources().end() ? std::nullopt : std::optional(found->second.label);
  };
  if (link.key.device_class == "vif") {
    const auto own = state.vif_labels().find({configured_name(frontend->name), link.key.device});
    if (own != state.vif_labels().end()) return own->second;
    const std::string host = configured_name(backend->name).get();
    for (const auto& [kind, name] : {std::pair("bridge", link.network.bridge), {"nic", link.network.nic}}) {
      const auto network = network_name(kind, name, host);
      if (auto label = network ? labelled(*network) : std::nullopt) return label;
    }
  }
  for (const Resource& resource : link.resources) {
    if (const Record* record = record_named(state, resource)) return record->second.label;
  }
  return std::nullopt;
}

}  // namespace xenacm::monitor
