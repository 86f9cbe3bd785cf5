// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/state.h"

#include <algorithm>
#include <utility>

namespace xenacm::monitor {

namespace {

RunningDomain bootstrap_domain0(const policy::Tables& tables) {
  const std::string& label = tables.vm_labels[tables.bootstrap.get()].name;
  return {kDomain0,
          *parse_uuid("00000000-0000-0000-0000-000000000000"),
          DomainName(std::string(kDomain0Name)),
          {tables.ref.name, label}};
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
}

void State::apply(const Delta& delta) {
  for (const Change& change : delta) apply(change);
}

void State::apply(const Change& change) {
  struct Applier {
    State& s;

    void operator()(const PutBinding& put) { s.bindings_.insert_or_assign(put.name, put.binding); }
    void operator()(const DropBinding& drop) { s.bindings_.erase(drop.name); }
    void operator()(const PutResource& put) { s.resources_.insert_or_assign(put.name, put.label); }
    void operator()(const DropResource& drop) { s.resources_.erase(drop.name); }
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
    void operator()(const PutPolicy& put) {
      s.policy_ = put.compiled;
      s.document_ = put.document;
      s.recount();
    }
  };
  std::visit(Applier{*this}, change);
}

}  // namespace xenacm::monitor
