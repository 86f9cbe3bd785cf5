// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/rules.h"

#include <algorithm>
#include <utility>

namespace xenacm::monitor {

namespace {

using policy::Tables;

std::vector<std::string> ste_names(const Tables& tables, policy::BitRow row) {
  return policy::type_names(row, tables.ste_types);
}

std::vector<std::string> chw_names(const Tables& tables, policy::BitRow row) {
  return policy::type_names(row, tables.chw_types);
}

// A domain as the STE rules see it.
Party party(const Tables& tables, const Subject& domain) {
  if (!domain.row) return {domain.name.get(), domain.label.label, {}, 0};
  return {domain.name.get(), domain.label.label, ste_names(tables, tables.ste(*domain.row)),
          tables.vm_labels[domain.row->get()].line};
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The running domains that hold `type`, as "nicdom (A-Bank)", in the order of their ids.
Holder holder_of(const State& state, std::size_t type) {
  Holder holder{state.tables().chw_types[type], {}};
  for (const auto& [domid, domain] : state.running()) {
    const auto row = state.row_of(domain.label);
    if (row && policy::contains(state.tables().chw(*row), type)) {
      holder.domains.push_back(domain.name.get() + " (" + domain.label.label + ")");
    }
  }
  return holder;
}

// The first conflict set that `type` shares with a type which runs and which `own` does not hold.
std::size_t conflict_set_of(const State& state, std::size_t type, policy::BitRow own) {
  const Tables& tables = state.tables();
  for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
    const policy::BitRow members = tables.conflicts.row(set);
    if (!policy::contains(members, type)) continue;
    bool runs = false;
    policy::for_each_bit(members, [&](std::size_t other) {
      runs |= other != type && !policy::contains(own, other) && state.wall().running()[other] > 0;
    });
    if (runs) return set;
  }
  return 0;
}

// What a resource is worth in a decision: the types of its label, or why nobody may use it.
struct ResourceTypes {
  Party party;
  policy::BitRow ste;
  std::string refusal;  // not empty: denied to everyone
};

ResourceTypes types_of(const State& state, const ResourceName& resource) {
  const Tables& tables = state.tables();
  const auto stored = state.resources().find(resource);
  if (stored == state.resources().end()) {
    const policy::BitRow row = tables.ste(Tables::kUnlabeledRow);
    return {{resource.get(), std::string(policy::kUnlabeled), ste_names(tables, row), 0}, row, {}};
  }
  const StoredLabel& label = stored->second;
  const Party named{resource.get(), label.label, {}, 0};
  if (label.label == policy::kInaccessible) return {named, {}, "is labelled __INACCESSIBLE__: no domain may use it"};
  if (!label.valid) return {named, {}, "carries the invalidated label " + label.text()};
  if (label.policy != tables.ref.name) return {named, {}, "is labelled under another policy: " + label.text()};
  const auto row = tables.find_resource_label(label.label);
  if (!row) return {named, {}, "carries the label " + label.text() + ", which the policy does not have"};
  return {{resource.get(), label.label, ste_names(tables, tables.ste(*row)), tables.resource_labels[row->get()].line},
          tables.ste(*row),
          {}};
}

std::string access_denied(const ResourceName& resource) {
  const std::string_view kind = kind_of(resource);
  if (kind == "bridge" || kind == "nic" || kind == "vlan") {
    return "VM's access to network device denied. Check labeling";
  }
  return std::string(kind == "pci" ? "VM's access to PCI device '" : "VM's access to block device '") + resource.get() +
         "' denied";
}

bool has_several_types(policy::BitRow row) {
  std::size_t types = 0;
  policy::for_each_bit(row, [&](std::size_t) { ++types; });
  return types > 1;
}

bool has_labelled_bridge(const State& state, const std::string& backend) {
  return std::ranges::any_of(state.resources(), [&](const auto& entry) {
    return kind_of(entry.first) == "bridge" && entry.first.get().ends_with("@" + backend);
  });
}

}  // namespace

Subject subject_of(const State& state, const RunningDomain& domain) {
  return {domain.name, domain.label, state.row_of(domain.label)};
}

std::optional<Reason> label_rule(const State& state, const Subject& domain) {
  if (domain.row) return std::nullopt;
  const StoredLabel& label = domain.label;
  Reason reason{.rule = Rule::label, .subject = party(state.tables(), domain)};
  const std::string name = domain.name.get();
  if (!label.valid) {
    reason.message = "Policy type 'INV_ACM' must be changed: the label of '" + name + "' is " + label.text();
    reason.remedy = "labeltool rmlabel mgt " + name + ", then labeltool addlabel LABEL mgt " + name;
  } else if (label.policy != state.tables().ref.name) {
    reason.message =
        "Active policy '" + state.tables().ref.name + "' different than what in VM's label ('" + label.policy + "')";
    reason.remedy = "labeltool rmlabel mgt " + name + ", then labeltool addlabel LABEL mgt " + name;
  } else if (label.label == policy::kUnlabeled) {
    reason.message = "VM '" + name + "' carries no label, and the policy has no label '__UNLABELED__'";
    reason.remedy = "labeltool addlabel LABEL dom CONFIGFILE (or: labeltool addlabel LABEL mgt " + name + ")";
  } else {
    reason.message = "Label '" + label.label + "' not found.";
    reason.remedy = "labeltool labels (shows the labels of the policy)";
  }
  return reason;
}

std::optional<Reason> authorization_rule(const State& state, const Subject& domain) {
  const Tables& tables = state.tables();
  const policy::VmLabelId domain0 = state.domain0_row();
  if (policy::authorized(tables, *domain.row, domain0)) return std::nullopt;
  Reason reason{.rule = Rule::authorization,
                .message = "VM is not authorized to run.",
                .subject = party(tables, domain),
                .object = party(tables, subject_of(state, state.domain0()))};
  policy::for_each_bit(tables.ste(*domain.row), [&](std::size_t type) {
    if (!policy::contains(tables.ste(domain0), type)) reason.types.push_back(tables.ste_types[type]);
  });
  reason.remedy = reason.types.empty() ? "give the label " + domain.label.label + " an STE type in the policy"
                                       : "give Domain-0 a label that carries " + join(reason.types);
  return reason;
}

std::optional<Reason> chinese_wall_rule(const State& state, const Subject& domain) {
  const Tables& tables = state.tables();
  const auto conflicts = state.wall().conflicts(tables, *domain.row);
  if (conflicts.empty()) return std::nullopt;
  const policy::BitRow own = tables.chw(*domain.row);
  const std::size_t set = conflict_set_of(state, conflicts.front().get(), own);
  Reason reason{.rule = Rule::chinese_wall,
                .message = "Domain in conflict set with running domains",
                .subject = {domain.name.get(), domain.label.label, chw_names(tables, own),
                            tables.vm_labels[domain.row->get()].line}};
  for (const policy::ChwTypeId type : conflicts) reason.types.push_back(tables.chw_types[type.get()]);
  reason.conflict_set = tables.conflict_sets[set].name;
  reason.conflict_line = tables.conflict_sets[set].line;
  reason.conflict_types = chw_names(tables, tables.conflicts.row(set));
  std::vector<std::string> in_the_way;
  policy::for_each_bit(tables.conflicts.row(set), [&](std::size_t type) {
    if (policy::contains(own, type) || state.wall().running()[type] == 0) return;
    reason.holders.push_back(holder_of(state, type));
    for (const std::string& name : reason.holders.back().domains)
      in_the_way.push_back(name.substr(0, name.rfind(" (")));
  });
  reason.remedy = "stop " + join(in_the_way) + ", or start " + domain.name.get() + " on another host";
  return reason;
}

std::optional<Reason> link_rule(const State& state, const Subject& frontend, const Subject& backend) {
  const Tables& tables = state.tables();
  if (policy::share(tables, *frontend.row, *backend.row)) return std::nullopt;
  return Reason{.rule = Rule::ste,
                .message = "the two labels share no STE type",
                .subject = party(tables, frontend),
                .object = party(tables, backend),
                .remedy = "connect " + frontend.name.get() + " to a backend that carries " +
                          join(ste_names(tables, tables.ste(*frontend.row))) + ", or give both labels a common type"};
}

std::optional<Reason> resource_rule(const State& state, const Subject& domain, const ResourceName& resource) {
  const ResourceTypes types = types_of(state, resource);
  if (types.refusal.empty() && policy::intersects(types.ste, state.tables().ste(*domain.row))) return std::nullopt;
  Reason reason{.rule = Rule::resource,
                .message = access_denied(resource),
                .subject = party(state.tables(), domain),
                .object = types.party,
                .remedy = "label " + resource.get() + " with a label that shares a type with " + domain.label.label};
  if (!types.refusal.empty()) reason.message += " (" + resource.get() + " " + types.refusal + ")";
  return reason;
}

std::optional<Reason> bridge_rule(const State& state, const Subject& frontend, const Subject& backend,
                                  const std::string& bridge) {
  const std::string host = configured_name(backend.name).get();
  const bool in_domain0 = host == kDomain0Name;
  const auto name = bridge.empty() ? std::nullopt : std::optional(bridge_name(bridge, host));
  if (name && *name && state.resources().contains(**name)) return resource_rule(state, frontend, **name);
  // Domain-0 holds every type, so there the network's type is unknown without a label; a driver domain's own label
  // tells it, unless its bridges are told apart by labels of their own.
  const bool label_needed = in_domain0 ? has_several_types(state.tables().ste(*frontend.row))
                                       : bridge.empty() && has_labelled_bridge(state, host);
  const bool bad_name = name && !*name;
  if (!label_needed && !bad_name) return std::nullopt;
  Reason reason{.rule = Rule::resource, .message = "'VIF' must be labeled", .subject = party(state.tables(), frontend)};
  reason.object.name = "vif";
  if (bad_name) {
    reason.message = name->error();
    reason.remedy = "name a bridge of " + host;
  } else if (bridge.empty()) {
    reason.remedy = "name the bridge (bridge=NAME), and label it with labeltool addlabel LABEL res bridge:NAME";
  } else {
    reason.object.name = (*name)->get();
    reason.remedy = "labeltool addlabel LABEL res " + (*name)->get();
  }
  return reason;
}

Decided conclude(const State& state, const StoredLabel& subject, std::vector<Reason> reasons, Delta delta) {
  // A label that is not the enforced policy's has no mode of its own, whatever it is called.
  const Mode mode = state.row_of(subject) ? state.mode(subject.label) : state.mode();
  Decision decision = Decision::allow;
  if (!reasons.empty()) decision = mode == Mode::permissive ? Decision::would_deny : Decision::deny;
  if (decision == Decision::deny) delta.clear();
  const bool changed = !delta.empty();
  return {{decision, std::move(reasons), state.tables().ref, mode, changed}, std::move(delta)};
}

Decided allow(const State& state, Delta delta) {
  const bool changed = !delta.empty();
  return {{Decision::allow, {}, state.tables().ref, state.mode(), changed}, std::move(delta)};
}

}  // namespace xenacm::monitor
