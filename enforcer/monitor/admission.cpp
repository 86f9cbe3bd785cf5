// SPDX-License-Identifier: Apache-2.0
// May this domain start? (decisions.md 1: label, authorisation, Chinese Wall, then every resource and link in config
// order.)
#include "enforcer/monitor/admission.h"

#include <algorithm>
#include <iterator>

#include "enforcer/monitor/resource_label.h"

namespace xenacm::monitor {

namespace {

// A configuration that says another label than the one on record (architecture, "Labels"), or one of another policy.
std::optional<Reason> claim_rule(const State& state, const StartDomain& start, const StoredLabel& label) {
  if (!start.claimed || *start.claimed == label) return std::nullopt;
  // Policy updates rename labels on record; configurations keep what they said.
  const Binding* binding = find_binding(state, start.name, start.uuid);
  if (binding != nullptr && binding->configured == start.claimed) return std::nullopt;
  const std::string& name = start.name.get();
  const StoredLabel& claimed = *start.claimed;
  if (claimed.policy != state.tables().ref.name) {
    return Reason{.rule = Rule::label,
                  .message = "Security policy (" + claimed.policy + ") incompatible with enforced policy (" +
                             state.tables().ref.name + ").",
                  .subject = {.name = name, .label = claimed.label},
                  .remedy = "labeltool rmlabel dom CONFIGFILE, then labeltool addlabel LABEL dom CONFIGFILE"};
  }
  return contradiction(start.name,
                       "the configuration of '" + name + "' says label '" + claimed.text() + "', but '" + label.text() +
                           "' is on record for it",
                       "labeltool rmlabel dom CONFIGFILE, then labeltool addlabel LABEL dom CONFIGFILE");
}

void add(std::vector<Reason>& reasons, std::optional<Reason> reason) {
  if (reason) reasons.push_back(*std::move(reason));
}

// The running backend that a configuration names; none: said in `reasons`.
const RunningDomain* find_backend(const State& state, const Subject& domain, const DomainName& backend,
                                  std::vector<Reason>& reasons) {
  const RunningDomain* running = state.find_running(backend);
  if (running == nullptr) {
    reasons.push_back({.rule = Rule::label,
                       .message = "the backend domain '" + backend.get() + "' does not run",
                       .subject = party_of(state.tables(), domain),
                       .object = {.name = backend.get()},
                       .remedy = "start " + backend.get() + " first"});
  }
  return running;
}

// Where Domain-0 is the backend, authorisation says whether the two may be linked, and is asked anyway.
void judge_disk(const State& state, const Subject& domain, const StartDomain::Disk& disk,
                std::vector<Reason>& reasons) {
  const RunningDomain* backend = find_backend(state, domain, disk.backend, reasons);
  if (backend == nullptr) return;
  if (backend->domid == kDomain0) return add(reasons, resource_rule(state, domain, disk.resource));
  const ResourceName name = in_backend(disk.resource.name, configured_name(backend->name).get());
  judge(state, domain, subject_of(state, *backend), Link{{"vbd", DomId{}, backend->domid}, {}, {{name, {}, {}}}},
        reasons);
}

void judge_configured_vif(const State& state, const Subject& domain, const StartDomain::Vif& configured,
                          const VifName& vif, std::vector<Reason>& reasons) {
  const RunningDomain* backend = find_backend(state, domain, configured.backend, reasons);
  if (backend == nullptr) return;
  const Subject host = subject_of(state, *backend);
  if (backend->domid != kDomain0) return judge_vif(state, domain, host, vif, configured.network, reasons);
  std::ranges::move(vif_rules(state, domain, host, vif, configured.network), std::back_inserter(reasons));
}

// Everything that the configuration names, in its order: disks, vifs, PCI devices.
void judge_devices(const State& state, const Subject& domain, const StartDomain& start, std::vector<Reason>& reasons) {
  const auto each = [&](std::string_view kind, const auto& devices, const auto& judge_one) {
    for (std::size_t number = 0; number < devices.size(); ++number) {
      const std::size_t before = reasons.size();
      judge_one(devices[number], number);
      for (std::size_t i = before; i < reasons.size(); ++i) {
        reasons[i].device = std::string(kind) + " " + std::to_string(number);
      }
    }
  };
  each("disk", start.disks,
       [&](const StartDomain::Disk& disk, std::size_t) { judge_disk(state, domain, disk, reasons); });
  each("vif", start.vifs, [&](const StartDomain::Vif& vif, std::size_t number) {
    const VifName name{configured_name(start.name), vif.number.value_or(static_cast<std::uint32_t>(number))};
    judge_configured_vif(state, domain, vif, name, reasons);
  });
  each("pci", start.pci,
       [&](const ResourceName& device, std::size_t) { add(reasons, resource_rule(state, domain, {device, {}, {}})); });
}

}  // namespace

std::vector<Reason> judge_domain(const State& state, const Subject& domain) {
  std::vector<Reason> reasons;
  add(reasons, label_rule(state, domain));
  if (!reasons.empty()) return reasons;
  add(reasons, authorization_rule(state, domain));
  std::ranges::move(chinese_wall_rules(state, domain), std::back_inserter(reasons));
  return reasons;
}

std::vector<Reason> judge_start(const State& state, const StartDomain& start, const StoredLabel& label) {
  const Subject domain{start.name, label, state.row_of(label)};
  std::vector<Reason> reasons;
  add(reasons, name_rule(state, start.name, start.uuid));
  add(reasons, claim_rule(state, start, label));
  std::ranges::move(judge_domain(state, domain), std::back_inserter(reasons));
  if (domain.row) judge_devices(state, domain, start, reasons);
  return reasons;
}

Outcome decide(const State& state, const StartDomain& start) {
  const StoredLabel label = effective_label(state, start.name, start.uuid);
  const RunningDomain* present = state.find_running(start.domid);
  // Asked again for a domain that was admitted, and has not gone since: its label stays what it was.
  if (present != nullptr && present->uuid == start.uuid) {
    if (start.name.get().empty()) return allow(state, {});
    Outcome renamed = decide(state, RenameDomain{start.domid, start.name});
    if (renamed) renamed->verdict.changed = false;  // nothing to give back: the domain was there before
    return renamed;
  }
  if (start.domid == kDomain0) return std::unexpected(Fault{FaultCode::invalid, "Domain-0 does not start.", {}});

  std::vector<Reason> reasons;
  add(reasons, id_rule(state, start.domid, start.name));
  std::ranges::move(judge_start_past_tickets(state, start, label), std::back_inserter(reasons));
  Delta delta = release(state, start.domid);  // of what permissive mode lets take another's place
  drop_tickets_of(state, start.name, start.uuid, delta);
  delta.emplace_back(PutRunning{{start.domid, start.uuid, start.name, label}});
  for (const StartDomain::Disk& disk : start.disks) {
    if (disk.backend.get() == kDomain0Name) bind(state, disk.resource, delta);
  }
  return conclude(state, label, std::move(reasons), std::move(delta));
}

}  // namespace xenacm::monitor
