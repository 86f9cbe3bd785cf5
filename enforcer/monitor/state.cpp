// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/state.h"

#include <algorithm>
#include <utility>

namespace xenacm::monitor {

namespace {

RunningDomain bootstrap_domain0(const policy::Tables& tables) {
  const std::string& label = tables.vm_labels[tables.bootstrap.get()].name;
  return {kDomain0, nil_uuid(), DomainName(std::string(kDomain0Name)), {tables.ref.name, label}};
}

// What leads to a record. INVARIANT: the three kinds cannot be mistaken for each other; places of names begin with '/'
// or a kind, those of identities with "inode " or "device ", and a mark is hexadecimal digits.
std::set<std::string> traces_of(const ResourceName& name, const LabelledResource& resource) {
  std::set<std::string> traces{std::string(place_of(name))};
  if (resource.identity) {
    traces.insert(resource.identity->place);
    if (!resource.identity->mark.empty()) traces.insert(resource.identity->mark);
  }
  return traces;
}

}  // namespace

State::State(std::shared_ptr<const policy::Compiled> policy, std::shared_ptr<const std::string> document)
    : policy_(std::move(policy)), document_(std::move(document)) {
  running_.emplace(kDomain0, bootstrap_domain0(tables()));
  modes_.emplace("", Mode::permissive);  // until an administrator turns enforcing on (decisions.md 8)
  recount();
}

Mode State::mode(const std::string& label) const {
  const auto own = modes_.find(label);
  return own != modes_.end() ? own->second : modes_.at("");
}

std::optional<policy::VmLabelId> State::row_of(const StoredLabel& label) const {
  if (!label.valid || label.policy != tables().ref.name) return std::nullopt;
  return tables().find_vm_label(label.label);
}

std::set<ResourceName> State::recorded_at(std::string_view place) const {
  std::set<ResourceName> names;
  const auto [first, last] = traces_.equal_range(place);
  for (auto trace = first; trace != last; ++trace) names.insert(trace->second);
  return names;
}

std::set<ResourceName> State::recorded_as(const Identity& identity) const {
  std::set<ResourceName> names = recorded_at(identity.place);
  if (!identity.mark.empty()) names.merge(recorded_at(identity.mark));
  return names;
}

void State::drop_resource(const ResourceName& name) {
  const auto found = resources_.find(name);
  if (found == resources_.end()) return;
  for (const std::string& trace : traces_of(name, found->second)) {
    const auto [first, last] = traces_.equal_range(trace);
    traces_.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == name; }));
  }
  resources_.erase(found);
}

const RunningDomain* State::find_running(DomId domid) const {
  const auto found = running_.find(domid);
  return found == running_.end() ? nullptr : &found->second;
}

const RunningDomain* State::find_running(const DomainName& name) const {
  const auto found = std::ranges::find_if(running_, [&](const auto& entry) { return entry.second.name == name; });
  return found == running_.end() ? nullptr : &found->second;
}

void State::recount() {
  wall_ = ChineseWall(tables());
  for (const auto& [domid, domain] : running_) {
    if (const auto row = row_of(domain.label)) wall_.add(tables(), *row);
  }
  for (const auto& [id, ticket] : tickets_) {
    if (const auto row = row_of(ticket.label)) wall_.add(tables(), *row);
  }
}

void State::apply(const Delta& delta) {
  for (const Change& change : delta) apply(change);
}

void State::apply(const Change& change) {
  struct Applier {
    State& s;

    void operator()(const PutBinding& put) { s.bindings_.insert_or_assign(put.name, put.binding); }
    void operator()(const DropBinding& drop) { s.bindings_.erase(drop.name); }
    void operator()(const PutResource& put) {
      s.drop_resource(put.name);
      s.resources_.emplace(put.name, put.resource);
      for (const std::string& trace : traces_of(put.name, put.resource)) s.traces_.emplace(trace, put.name);
    }
    void operator()(const DropResource& drop) { s.drop_resource(drop.name); }
    void operator()(const PutVifLabel& put) { s.vif_labels_.insert_or_assign(put.vif, put.label); }
    void operator()(const DropVifLabel& drop) { s.vif_labels_.erase(drop.vif); }
    void operator()(const PutLink& put) { s.links_.insert_or_assign(put.link.key, put.link); }
    void operator()(const DropLink& drop) { s.links_.erase(drop.key); }
    void operator()(const PutMode& put) { s.modes_.insert_or_assign(put.label, put.mode); }
    void operator()(const DropMode& drop) { s.modes_.erase(drop.label); }
    void operator()(const PutRunning& put) {
      (*this)(DropRunning{put.domain.domid});
      if (const auto row = s.row_of(put.domain.label)) s.wall_.add(s.tables(), *row);
      s.running_.emplace(put.domain.domid, put.domain);
    }
    void operator()(const DropRunning& drop) {
      const auto found = s.running_.find(drop.domid);
      if (found == s.running_.end()) return;
      if (const auto row = s.row_of(found->second.label)) s.wall_.remove(s.tables(), *row);
      s.running_.erase(found);
    }
    void operator()(const PutTicket& put) {
      (*this)(DropTicket{put.ticket.id});
      if (const auto row = s.row_of(put.ticket.label)) s.wall_.add(s.tables(), *row);
      s.tickets_.emplace(put.ticket.id, put.ticket);
    }
    void operator()(const DropTicket& drop) {
      const auto found = s.tickets_.find(drop.id);
      if (found == s.tickets_.end()) return;
      if (const auto row = s.row_of(found->second.label)) s.wall_.remove(s.tables(), *row);
      s.tickets_.erase(found);
    }
    void operator()(const PutPolicy& put) {
      s.policy_ = put.compiled;
      s.document_ = put.document;
      s.recount();
    }
  };
  std::visit(Applier{*this}, change);
}

State initial_state() {
  const auto document = std::make_shared<const std::string>(policy::default_document());
  return {std::make_shared<const policy::Compiled>(*policy::compile_document(*document)), document};
}

}  // namespace xenacm::monitor
