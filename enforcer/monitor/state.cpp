// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/state.h"

#include <utility>

namespace xenacm::monitor {

namespace {

RunningDomain bootstrap_domain0(const policy::Tables& tables) {
  const std::string& label = tables.vm_labels[tables.bootstrap.get()].name;
  return {kDomain0, nil_uuid(), DomainName(std::string(kDomain0Name)), {tables.ref.name, label}};
}

// Of an index from a property to those who have it.
template <class Key, class Value>
void erase(std::map<Key, std::set<Value>>& index, const Key& key, const Value& value) {
  const auto found = index.find(key);
  found->second.erase(value);
  if (found->second.empty()) index.erase(found);
}

}  // namespace

State::State(std::shared_ptr<const policy::Compiled> policy, std::shared_ptr<const std::string> document)
    : policy_(std::move(policy)), document_(std::move(document)) {
  const RunningDomain domain0 = bootstrap_domain0(tables());
  running_.emplace(kDomain0, domain0);
  running_names_[domain0.name].insert(kDomain0);
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

const std::pair<const DomainName, Binding>* State::find_bound(const Uuid& uuid) const {
  const auto found = bound_uuids_.find(uuid);
  return found == bound_uuids_.end() ? nullptr : &*bindings_.find(*found->second.begin());
}

std::vector<LinkKey> State::links_of(DomId domid) const {
  std::vector<LinkKey> keys;
  for (auto end = link_ends_.lower_bound({domid, LinkKey()}); end != link_ends_.end() && end->first == domid; ++end) {
    keys.push_back(end->second);
  }
  return keys;
}

const RunningDomain* State::find_running(DomId domid) const {
  const auto found = running_.find(domid);
  return found == running_.end() ? nullptr : &found->second;
}

const RunningDomain* State::find_running(const DomainName& name) const {
  const auto found = running_names_.find(name);
  return found == running_names_.end() ? nullptr : &running_.at(*found->second.begin());
}

void State::drop_binding(const DomainName& name) {
  const auto found = bindings_.find(name);
  if (found == bindings_.end()) return;
  if (found->second.uuid) erase(bound_uuids_, *found->second.uuid, name);
  bindings_.erase(found);
}

void State::drop_running(DomId domid) {
  const auto found = running_.find(domid);
  if (found == running_.end()) return;
  if (const auto row = row_of(found->second.label)) wall_.remove(tables(), *row);
  erase(running_names_, found->second.name, domid);
  running_.erase(found);
}

void State::drop_link(const LinkKey& key) {
  links_.erase(key);
  link_ends_.erase({key.frontend, key});
  link_ends_.erase({key.backend, key});
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

    void operator()(const PutBinding& put) {
      s.drop_binding(put.name);
      s.bindings_.emplace(put.name, put.binding);
      if (put.binding.uuid) s.bound_uuids_[*put.binding.uuid].insert(put.name);
    }
    void operator()(const DropBinding& drop) { s.drop_binding(drop.name); }
    void operator()(const PutResource& put) { s.resources_.put(put.name, put.resource); }
    void operator()(const DropResource& drop) { s.resources_.drop(drop.name); }
    void operator()(const PutVifLabel& put) { s.vif_labels_.insert_or_assign(put.vif, put.label); }
    void operator()(const DropVifLabel& drop) { s.vif_labels_.erase(drop.vif); }
    void operator()(const PutLink& put) {
      const LinkKey& key = put.link.key;
      s.links_.insert_or_assign(key, put.link);
      s.link_ends_.emplace(key.frontend, key);
      s.link_ends_.emplace(key.backend, key);
    }
    void operator()(const DropLink& drop) { s.drop_link(drop.key); }
    void operator()(const PutMode& put) { s.modes_.insert_or_assign(put.label, put.mode); }
    void operator()(const DropMode& drop) { s.modes_.erase(drop.label); }
    void operator()(const PutRunning& put) {
      s.drop_running(put.domain.domid);
      if (const auto row = s.row_of(put.domain.label)) s.wall_.add(s.tables(), *row);
      s.running_.emplace(put.domain.domid, put.domain);
      s.running_names_[put.domain.name].insert(put.domain.domid);
    }
    void operator()(const DropRunning& drop) { s.drop_running(drop.domid); }
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
