// SPDX-License-Identifier: Apache-2.0
// May these two domains be linked? (decisions.md, "Links between domains".)
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/resource_label.h"

namespace xenacm::monitor {

namespace {

void judge_link(const State& state, const Subject& frontend, const Subject& backend, std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  for (const Subject* end : {&frontend, &backend}) {
    if (auto reason = label_rule(state, *end)) reasons.push_back(*std::move(reason));
  }
  if (reasons.size() != before) return;
  // Where Domain-0 is the backend, authorisation has already said that the two share a type; asking again costs
  // nothing.
  if (auto reason = link_rule(state, frontend, backend)) reasons.push_back(*std::move(reason));
}

// The resources of a link as they are labelled: a driver domain's by its name.
std::vector<Resource> resources_of(const AttachLink& attach, const DomainName& backend) {
  if (attach.key.backend == kDomain0) return attach.resources;
  std::vector<Resource> resources;
  for (const Resource& resource : attach.resources) {
    resources.push_back({in_backend(resource.name, configured_name(backend).get()), std::nullopt, resource.trouble});
  }
  return resources;
}

// What is written of a link that is there says nothing of what it leaves out: a pointer alone, a bridge without the
// NIC.
void keep_unsaid(const Link& recorded, Link& link) {
  if (link.network.bridge.empty()) link.network.bridge = recorded.network.bridge;
  if (link.network.nic.empty()) link.network.nic = recorded.network.nic;
  if (link.key.device_class == "pci") {  // what is attached comes to what is there
    for (const Resource& device : recorded.resources) {
      const bool said = std::ranges::any_of(link.resources, [&](const Resource& r) { return r.name == device.name; });
      if (!said) link.resources.push_back(device);
    }
  } else if (link.resources.empty()) {
    link.resources = recorded.resources;
  }
}

bool names_only_recorded(const AttachLink& attach, const Link& recorded) {
  return !attach.resources.empty() && std::ranges::all_of(attach.resources, [&](const Resource& device) {
    return std::ranges::any_of(recorded.resources, [&](const Resource& r) { return r.name == device.name; });
  });
}

// The record is what was seen, not how: each resource once, in the order in which the ledger gives them back.
Link for_record(const Link& link) {
  std::map<ResourceName, Resource> resources;
  for (const Resource& seen : link.resources) resources[seen.name] = {seen.name, seen.identity, {}};
  Link record{link.key, link.network, {}};
  for (auto& [name, resource] : resources) record.resources.push_back(std::move(resource));
  return record;
}

}  // namespace

namespace {

// What is shared through a link: the network of a vif, or its resources.
void judge_shared(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
                  std::vector<Reason>& reasons) {
  if (link.key.device_class == "vif") {
    const VifName vif{configured_name(frontend.name), link.key.device};
    std::ranges::move(vif_rules(state, frontend, backend, vif, link.network), std::back_inserter(reasons));
    return;
  }
  for (const Resource& resource : link.resources) {
    if (auto reason = resource_rule(state, frontend, resource)) reasons.push_back(*std::move(reason));
  }
}

}  // namespace

void judge_vif(const State& state, const Subject& frontend, const Subject& backend, const VifName& vif,
               const Network& network, std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  judge_link(state, frontend, backend, reasons);
  if (reasons.size() != before) return;
  std::ranges::move(vif_rules(state, frontend, backend, vif, network), std::back_inserter(reasons));
}

void judge(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
           std::vector<Reason>& reasons) {
  const std::size_t before = reasons.size();
  judge_link(state, frontend, backend, reasons);
  if (reasons.size() == before) judge_shared(state, frontend, backend, link, reasons);
}

void judge_standing(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
                    std::vector<Reason>& reasons) {
  if (frontend.row && backend.row) {
    if (auto reason = link_rule(state, frontend, backend)) reasons.push_back(*std::move(reason));
  }
  judge_shared(state, frontend, backend, link, reasons);
}

namespace {

// A link as it is asked about: what speaks against it, and what is recorded if it is allowed.
struct Judged {
  std::vector<Reason> reasons;
  Delta delta;
  StoredLabel subject;  // whose mode rules
};

// Judged anew each time, also where the link is recorded: labels and mode may have changed since.
Judged judge_attach(const State& state, const AttachLink& attach) {
  const LinkKey& key = attach.key;
  const RunningDomain* frontend = state.find_running(key.frontend);
  const RunningDomain* backend = state.find_running(key.backend);
  Judged judged;
  if (frontend != nullptr) judged.subject = frontend->label;
  if (frontend == nullptr) judged.reasons.push_back(never_admitted(key.frontend));
  if (backend == nullptr) judged.reasons.push_back(never_admitted(key.backend));
  // Of a link with an unknown end there is no record: it could not end with its domains.
  if (frontend == nullptr || backend == nullptr) return judged;

  const auto recorded = state.links().find(key);
  const bool there_before = recorded != state.links().end();
  Link link{key, attach.network, resources_of(attach, backend->name)};
  const bool is_pci = key.device_class == "pci";
  // xl pci-detach numbers the devices that stay anew: that is nothing to refuse.
  if (there_before && is_pci && !attach.anew && names_only_recorded(attach, recorded->second)) return judged;
  // A device that was assigned stays so while its backend is made anew.
  if (there_before && (!attach.anew || is_pci)) keep_unsaid(recorded->second, link);
  judge(state, subject_of(state, *frontend), subject_of(state, *backend), link, judged.reasons);
  if (const Link record = for_record(link); !there_before || record != recorded->second) {
    judged.delta.emplace_back(PutLink{record});
  }
  for (const Resource& resource : link.resources) bind(state, resource, judged.delta);
  return judged;
}

}  // namespace

Outcome decide(const State& state, const AttachLink& attach) {
  Judged judged = judge_attach(state, attach);
  Decided decided = conclude(state, judged.subject, std::move(judged.reasons), std::move(judged.delta));
  decided.verdict.changed = decided.verdict.changed && !state.links().contains(attach.key);
  return decided;
}

Outcome decide(const State& state, const AdoptLink& adopt) {
  Judged judged = judge_attach(state, adopt.link);
  Decided decided = conclude(state, judged.subject, std::move(judged.reasons), judged.delta);
  if (decided.verdict.allowed() || adopt.appeared) return decided;
  // It is there already: what would have spoken against it is recorded.
  decided.verdict.decision = Decision::would_deny;
  decided.verdict.changed = !judged.delta.empty();
  decided.delta = std::move(judged.delta);
  return decided;
}

Outcome decide(const State& state, const DetachLink& detach) {
  if (!state.links().contains(detach.key)) return allow(state, {});
  return allow(state, {DropLink{detach.key}});
}

Outcome decide(const State& state, const DetachBelow& detach) {
  Delta delta;
  for (const auto& [key, link] : state.links()) {
    const bool of_a_device = key.device_class != kTargetClass && key.device_class != kNodeClass;
    if (key.backend != detach.backend || !of_a_device) continue;
    if (detach.device_class && key.device_class != *detach.device_class) continue;
    // libxl removes what is empty above a device's directory; a PCI device may be assigned, and have none.
    if (key.device_class == "pci" && !detach.frontend) continue;
    if (!detach.frontend || key.frontend == *detach.frontend) delta.emplace_back(DropLink{key});
  }
  return allow(state, std::move(delta));
}

Outcome decide(const State& state, const MalformedWrite& write) {
  // Whom such a write would serve cannot be told, so the global mode rules.
  return conclude(state, {},
                  {{.rule = Rule::integrity,
                    .message = write.why,
                    .subject = {.name = write.path},
                    .remedy = "write the node in the form that libxl gives it"}},
                  {});
}

}  // namespace xenacm::monitor
