// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/rules.h"

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

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The running domains that hold `type`, as "nicdom (A-Bank)", in the order of their ids; then those about to start.
Holder holder_of(const State& state, std::size_t type) {
  Holder holder{state.tables().chw_types[type], {}};
  for (const auto& [domid, domain] : state.running()) {
    const auto row = state.row_of(domain.label);
    if (row && policy::contains(state.tables().chw(*row), type)) {
      holder.domains.push_back(domain.name.get() + " (" + domain.label.label + ")");
    }
  }
  for (const auto& [id, ticket] : state.tickets()) {
    const auto row = state.row_of(ticket.label);
    if (row && policy::contains(state.tables().chw(*row), type)) {
      holder.domains.push_back(ticket.name.get() + " (" + ticket.label.label + ", about to start)");
    }
  }
  return holder;
}

// Why the conflict set refuses a label with these types; nothing, if none of its other types runs.
std::optional<Reason> conflict_rule(const State& state, const Subject& domain, std::size_t set) {
  const Tables& tables = state.tables();
  const policy::BitRow own = tables.chw(*domain.row);
  const policy::BitRow members = tables.conflicts.row(set);
  if (!policy::intersects(members, own)) return std::nullopt;
  Reason reason{.rule = Rule::chinese_wall,
                .message = "Domain in conflict set with running domains",
                .subject = {domain.name.get(), domain.label.label, chw_names(tables, own),
                            tables.vm_labels[domain.row->get()].line},
                .conflict_set = tables.conflict_sets[set].name,
                .conflict_types = chw_names(tables, members),
                .conflict_line = tables.conflict_sets[set].line};
  std::vector<std::string> in_the_way;
  policy::for_each_bit(members, [&](std::size_t type) {
    if (policy::contains(own, type)) {
      reason.types.push_back(tables.chw_types[type]);
    } else if (state.wall().running()[type] > 0) {
      reason.holders.push_back(holder_of(state, type));
      for (const std::string& name : reason.holders.back().domains)
        in_the_way.push_back(name.substr(0, name.rfind(" (")));
    }
  });
  if (reason.holders.empty()) return std::nullopt;
  reason.remedy = "stop " + join(in_the_way) + ", or start " + domain.name.get() + " on another host";
  return reason;
}

}  // namespace

Party party_of(const Tables& tables, const Subject& domain) {
  if (!domain.row) return {domain.name.get(), domain.label.label, {}, 0};
  return {domain.name.get(), domain.label.label, ste_names(tables, tables.ste(*domain.row)),
          tables.vm_labels[domain.row->get()].line};
}

Subject subject_of(const State& state, const RunningDomain& domain) {
  return {domain.name, domain.label, state.row_of(domain.label)};
}

std::optional<Reason> label_rule(const State& state, const Subject& domain) {
  if (domain.row) return std::nullopt;
  const StoredLabel& label = domain.label;
  Reason reason{.rule = Rule::label, .subject = party_of(state.tables(), domain)};
  const std::string name = configured_name(domain.name).get();
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
                .subject = party_of(tables, domain),
                .object = party_of(tables, subject_of(state, state.domain0()))};
  policy::for_each_bit(tables.ste(*domain.row), [&](std::size_t type) {
    if (!policy::contains(tables.ste(domain0), type)) reason.types.push_back(tables.ste_types[type]);
  });
  reason.remedy = reason.types.empty() ? "give the label " + domain.label.label + " an STE type in the policy"
                                       : "give Domain-0 a label that carries " + join(reason.types);
  return reason;
}

// INVARIANT: a type's aggregate is above zero exactly if one of its conflict sets has another type that runs in a
// domain without it; a label has at most one type of a set (decisions.md 4).
std::vector<Reason> chinese_wall_rules(const State& state, const Subject& domain) {
  std::vector<Reason> reasons;
  const Tables& tables = state.tables();
  if (state.wall().conflicts(tables, *domain.row).empty()) return reasons;
  for (std::size_t set = 0; set < tables.conflict_sets.size(); ++set) {
    if (auto reason = conflict_rule(state, domain, set)) reasons.push_back(*std::move(reason));
  }
  return reasons;
}

std::optional<Reason> link_rule(const State& state, const Subject& frontend, const Subject& backend) {
  const Tables& tables = state.tables();
  if (policy::share(tables, *frontend.row, *backend.row)) return std::nullopt;
  return Reason{.rule = Rule::ste,
                .message = "the two labels share no STE type",
                .subject = party_of(tables, frontend),
                .object = party_of(tables, backend),
                .remedy = "connect " + frontend.name.get() + " to a backend that carries " +
                          join(ste_names(tables, tables.ste(*frontend.row))) + ", or give both labels a common type"};
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
