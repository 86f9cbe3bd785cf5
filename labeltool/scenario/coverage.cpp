// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/coverage.h"

#include <algorithm>

#include "enforcer/monitor/resource.h"
#include "labeltool/scenario/text.h"

namespace xenacm::labeltool::scenario {

namespace {

using monitor::DomainName;
using monitor::ResourceName;
using monitor::State;
using monitor::StoredLabel;

using Names = std::set<std::string>;

void add_types(policy::BitRow row, const std::vector<std::string>& types, Names& names) {
  names.merge([&] {
    auto list = policy::type_names(row, types);
    return Names(list.begin(), list.end());
  }());
}

// Who takes part in a start or an attach: a domain with what it is given. Null: another step.
const DomainName* domain_of(const Deed& deed) {
  if (const auto* start = std::get_if<Start>(&deed)) return &start->domain;
  const auto* attach = std::get_if<Attach>(&deed);
  return attach != nullptr ? &attach->domain : nullptr;
}

std::vector<Device> devices_of(const Deed& deed) {
  if (const auto* start = std::get_if<Start>(&deed)) return start->devices;
  const auto* attach = std::get_if<Attach>(&deed);
  return attach != nullptr ? std::vector{attach->device} : std::vector<Device>();
}

// The bridge and the NIC that a vif names.
std::vector<ResourceName> networks_of(const Device& device) {
  std::vector<ResourceName> names;
  const auto* vif = std::get_if<Vif>(&device);
  if (vif == nullptr) return names;
  const std::string host = monitor::configured_name(vif->backend).get();
  for (const auto& [kind, name] : {std::pair("bridge", vif->network.bridge), std::pair("nic", vif->network.nic)}) {
    if (auto network = monitor::network_name(kind, name, host); network && !name.empty()) names.push_back(*network);
  }
  return names;
}

std::vector<std::string> missing(const std::vector<std::string>& all, const Names& seen) {
  std::vector<std::string> names;
  std::ranges::set_difference(all, seen, std::back_inserter(names));
  return names;
}

// The declared ones, in byte order.
std::vector<std::string> names_of(const std::vector<policy::Entry>& entries) {
  std::vector<std::string> names;
  for (const policy::Entry& entry : entries) names.push_back(entry.name);
  std::ranges::sort(names);
  return names;
}

// Notes what one step touches under the policy in force.
class Noting {
 public:
  template <class Touched>
  Noting(const State& state, Touched& touched)
      : state_(state),
        vm_labels_(touched.vm_labels),
        resource_labels_(touched.resource_labels),
        ste_types_(touched.ste_types),
        chw_types_(touched.chw_types) {}

  // Domain-0 has every STE type there is, as a rule: it is no sign that anybody thought of one.
  void domain(const StoredLabel& label, bool is_domain0) {
    const auto row = state_.row_of(label);
    if (!row) return;
    const policy::Tables& tables = state_.tables();
    vm_labels_.insert(label.label);
    add_types(tables.chw(*row), tables.chw_types, chw_types_);
    if (!is_domain0) add_types(tables.ste(*row), tables.ste_types, ste_types_);
  }

  void resource(const StoredLabel& label) {
    const policy::Tables& tables = state_.tables();
    if (!label.valid || label.policy != tables.ref.name) return;
    const auto row = tables.find_resource_label(label.label);
    if (!row) return;
    resource_labels_.insert(label.label);
    add_types(tables.ste(*row), tables.ste_types, ste_types_);
  }

  void device(const Device& device) {
    const StoredLabel unlabelled{state_.tables().ref.name, std::string(policy::kUnlabeled)};
    if (const auto name = resource_of(device)) resource(recorded(*name).value_or(unlabelled));
    for (const ResourceName& network : networks_of(device)) {
      if (const auto label = recorded(network)) resource(*label);
    }
    const auto* vif = std::get_if<Vif>(&device);
    if (vif != nullptr && vif->label) resource({state_.tables().ref.name, *vif->label});
  }

 private:
  [[nodiscard]] std::optional<StoredLabel> recorded(const ResourceName& name) const {
    const auto records = state_.records().recorded_at(monitor::place_of(name));
    if (records.empty()) return std::nullopt;
    return records.front()->second.label;
  }

  const State& state_;
  Names& vm_labels_;
  Names& resource_labels_;
  Names& ste_types_;
  Names& chw_types_;
};

}  // namespace

Coverage::Touched& Coverage::touched(const State& state) {
  const auto known = std::ranges::find(policies_, state.tables().ref, [](const Touched& t) { return t.tables.ref; });
  if (known != policies_.end()) return *known;
  return policies_.emplace_back(Touched{state.tables(), {}, {}, {}, {}, {}});
}

void Coverage::note(const State& state) { touched(state); }

void Coverage::note(const Host& host, const Deed& deed, const Answer& answer) {
  const State& state = host.state();
  Noting noting(state, touched(state));
  if (!answer.hindrance.empty()) return;  // nothing was decided
  if (const DomainName* domain = domain_of(deed)) {
    const auto* start = std::get_if<Start>(&deed);
    const bool labels = start != nullptr && start->label;
    noting.domain(labels ? StoredLabel{state.tables().ref.name, *start->label} : host.label_of(*domain),
                  domain->get() == monitor::kDomain0Name);
    // Without Domain-0 nobody starts, and of most links it is the backend.
    noting.domain(state.domain0().label, true);
  }
  for (const Device& device : devices_of(deed)) {
    const auto* backend = state.find_running(backend_of(device));
    if (backend != nullptr) noting.domain(backend->label, backend->domid == monitor::kDomain0);
    noting.device(device);
  }
  note_refusals(answer);
}

void Coverage::note_refusals(const Answer& answer) {
  const auto known = std::ranges::find(policies_, answer.policy, [](const Touched& t) { return t.tables.ref; });
  if (known == policies_.end()) return;  // a policy that was refused itself
  const auto& sets = known->tables.conflict_sets;
  for (const monitor::Reason& reason : answer.reasons) {
    if (reason.rule != monitor::Rule::chinese_wall) continue;
    const auto set = std::ranges::find_if(sets, [&](const policy::Entry& entry) {
      return entry.name == reason.conflict_set && entry.line == reason.conflict_line;
    });
    if (set != sets.end()) known->conflict_sets.insert(static_cast<std::size_t>(set - sets.begin()));
  }
}

std::vector<Untouched> Coverage::untouched() const {
  std::vector<Untouched> list;
  for (const Touched& seen : policies_) {
    const policy::Tables& tables = seen.tables;
    auto vm_labels = names_of(tables.vm_labels);
    if (!tables.unlabeled_defined) std::erase(vm_labels, policy::kUnlabeled);
    Untouched rest{.policy = tables.ref,
                   .vm_labels = missing(vm_labels, seen.vm_labels),
                   .resource_labels = missing(names_of(tables.resource_labels), seen.resource_labels),
                   .ste_types = missing(tables.ste_types, seen.ste_types),
                   .chw_types = missing(tables.chw_types, seen.chw_types),
                   .conflict_sets = {}};
    for (std::size_t set = 0; set < tables.conflict_sets.size(); ++set) {
      if (seen.conflict_sets.contains(set)) continue;
      rest.conflict_sets.push_back({tables.conflict_sets[set].name, tables.conflict_sets[set].line,
                                    policy::type_names(tables.conflicts.row(set), tables.chw_types)});
    }
    list.push_back(std::move(rest));
  }
  return list;
}

}  // namespace xenacm::labeltool::scenario
