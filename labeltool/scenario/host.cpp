// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "labeltool/scenario/text.h"

namespace xenacm::labeltool::scenario {

namespace {

using namespace monitor;

Uuid uuid_of(DomId domid) { return *parse_uuid(fmt::format("00000000-0000-4000-8000-{:012x}", domid.get())); }

// A label of the policy in force, known to it or not: the monitor says what comes of one that is not.
StoredLabel label_here(const State& state, const std::string& label) { return {state.tables().ref.name, label}; }

// The link that a device makes.
AttachLink attach_of(const Device& device, const LinkKey& key) {
  AttachLink attach{key, {}, {}};
  if (const auto* vif = std::get_if<Vif>(&device)) attach.network = vif->network;
  if (const auto* disk = std::get_if<Disk>(&device)) attach.resources = {{disk->name, {}, {}}};
  if (const auto* pci = std::get_if<Pci>(&device)) attach.resources = {{pci->name, {}, {}}};
  return attach;
}

// A vif is told by what it is plugged into, and by its label where one is given.
bool matches(const Device& wanted, const Device& present) {
  if (wanted.index() != present.index() || class_of(wanted) != class_of(present)) return false;
  if (backend_of(wanted) != backend_of(present) || resource_of(wanted) != resource_of(present)) return false;
  const auto* vif = std::get_if<Vif>(&wanted);
  if (vif == nullptr) return true;
  const auto& other = std::get<Vif>(present);
  return vif->network == other.network && (!vif->label || vif->label == other.label);
}

// The monitor knows what does not run by a number; who reads of it knows the name.
void name_domain(std::vector<Reason>& reasons, DomId domid, const DomainName& domain) {
  const std::string number = "domain " + std::to_string(domid.get());
  for (Reason& reason : reasons) {
    if (reason.subject.name != number || !reason.message.starts_with(number)) continue;
    reason.message.replace(0, number.size(), "domain '" + domain.get() + "'");
    reason.subject.name = domain.get();
  }
}

}  // namespace

Host::Host(const SetPolicy& policy) : state_(policy.compiled, policy.document) {
  state_.apply(PutMode{"", Mode::enforcing});
}

Answer Host::play(const Deed& deed) {
  if (const auto* start = std::get_if<Start>(&deed)) keep_label(*start);
  Host next = *this;
  Answer answer = std::visit([&](const auto& what) { return next.carry_out(what); }, deed);
  if (!answer.allowed) return answer;
  std::erase_if(next.attached_, [&](const Attached& link) { return !next.state_.links().contains(link.key); });
  *this = std::move(next);
  return answer;
}

// What `labeltool addlabel` would have done before the start, which takes no label that the policy does not have.
void Host::keep_label(const Start& start) {
  const bool known = start.label && state_.tables().find_vm_label(*start.label);
  if (known && state_.find_running(start.domain) == nullptr) bind(start);
}

void Host::bind(const Start& start) {
  state_.apply(PutBinding{configured_name(start.domain), {label_here(state_, *start.label), {}, {}}});
}

StoredLabel Host::label_of(const DomainName& domain) const {
  if (const RunningDomain* running = state_.find_running(domain)) return running->label;
  const auto bound = state_.bindings().find(configured_name(domain));
  return bound != state_.bindings().end() ? bound->second.label : label_here(state_, std::string(policy::kUnlabeled));
}

Answer Host::ask(const Request& request) {
  Outcome outcome = decide(state_, request);
  if (!outcome) return hindered(outcome.error().message);
  state_.apply(outcome->delta);
  Verdict& verdict = outcome->verdict;
  return {verdict.allowed(), std::move(verdict.reasons), {}, std::move(verdict.policy)};
}

Answer Host::hindered(std::string why) const { return {false, {}, std::move(why), state_.tables().ref}; }

Answer Host::carry_out(const Start& start) {
  if (state_.find_running(start.domain) != nullptr) {
    return hindered("Domain '" + start.domain.get() + "' runs already; stop it first.");
  }
  if (start.label) bind(start);
  const DomId domid = free_id();
  StartDomain request{.domid = domid, .uuid = uuid_of(domid), .name = start.domain};
  for (const Device& device : start.devices) {
    if (const auto* disk = std::get_if<Disk>(&device)) request.disks.push_back({{disk->name, {}, {}}, disk->backend});
    if (const auto* pci = std::get_if<Pci>(&device)) request.pci.push_back(pci->name);
    if (const auto* vif = std::get_if<Vif>(&device)) {
      const auto index = static_cast<std::uint32_t>(request.vifs.size());
      set_vif_label({configured_name(start.domain), index}, vif->label);
      request.vifs.push_back({vif->backend, vif->network});
    }
  }
  Answer answer = ask(request);
  std::map<std::string, std::uint32_t> next;  // by class: the number of its next device
  for (const Device& device : start.devices) {
    if (!answer.allowed) return answer;
    const std::uint32_t number = next[class_of(device)]++;
    const RunningDomain* backend = state_.find_running(backend_of(device));
    if (backend == nullptr) continue;  // in permissive mode alone
    Answer linked = link(device, {class_of(device), domid, backend->domid, number});
    if (!linked.allowed) return linked;
  }
  return answer;
}

Answer Host::carry_out(const Stop& stop) {
  const RunningDomain* domain = state_.find_running(stop.domain);
  if (domain == nullptr) return hindered("Domain '" + stop.domain.get() + "' does not run.");
  return ask(StopDomain{domain->domid, domain->uuid});
}

// A domain that does not run has an id that none has, so that the monitor says what it says of such.
Answer Host::carry_out(const Attach& attach) {
  const RunningDomain* frontend = state_.find_running(attach.domain);
  const DomainName& host = backend_of(attach.device);
  const RunningDomain* backend = state_.find_running(host);
  const DomId front = frontend != nullptr ? frontend->domid : free_id();
  const DomId back = backend != nullptr ? backend->domid : free_id(front);
  const LinkKey key{class_of(attach.device), front, back, free_device(class_of(attach.device), front)};
  if (const auto* vif = std::get_if<Vif>(&attach.device)) {
    set_vif_label({configured_name(attach.domain), key.device}, vif->label);
  }
  Answer answer = link(attach.device, key);
  if (frontend == nullptr) name_domain(answer.reasons, front, attach.domain);
  if (backend == nullptr) name_domain(answer.reasons, back, host);
  return answer;
}

Answer Host::carry_out(const Detach& detach) {
  const RunningDomain* domain = state_.find_running(detach.domain);
  if (domain == nullptr) return hindered("Domain '" + detach.domain.get() + "' does not run.");
  const auto link = std::ranges::find_if(attached_, [&](const Attached& attached) {
    return attached.key.frontend == domain->domid && matches(detach.device, attached.device);
  });
  if (link == attached_.end()) {
    return hindered("Domain '" + detach.domain.get() + "' has no " + device_text(detach.device) + ".");
  }
  return ask(DetachLink{link->key});
}

Answer Host::carry_out(const Label& label) { return ask(LabelResource{{label.resource, {}, {}}, label.label, {}}); }

Answer Host::carry_out(const Unlabel& unlabel) { return ask(UnlabelResource{{unlabel.resource, {}, {}}}); }

Answer Host::carry_out(const Relabel& relabel) {
  const DomainName& domain = relabel.domain;
  if (domain.get() != kDomain0Name && state_.bindings().contains(domain)) {
    Answer removed = ask(UnlabelDomain{domain});
    if (!removed.allowed) return removed;
  }
  return ask(LabelDomain{domain, {}, relabel.label, {}});
}

Answer Host::carry_out(const Install& install) {
  return install.policy ? ask(*install.policy) : hindered(install.policy.error());
}

Answer Host::carry_out(const Reset& /*reset*/) { return ask(ResetPolicy{}); }

Answer Host::carry_out(const ChangeMode& change) { return ask(SetMode{change.mode, change.label}); }

Answer Host::link(const Device& device, const LinkKey& key) {
  Answer answer = ask(attach_of(device, key));
  if (answer.allowed) attached_.push_back({key, device});
  return answer;
}

// As `labeltool addlabel` would have, before the domain ran.
void Host::set_vif_label(const VifName& vif, const std::optional<std::string>& label) {
  if (!label) return state_.apply(DropVifLabel{vif});
  const bool everywhere = *label == policy::kInaccessible;  // valid under every policy
  state_.apply(PutVifLabel{vif, everywhere ? StoredLabel{"*", *label} : label_here(state_, *label)});
}

std::uint32_t Host::free_device(const std::string& device_class, DomId frontend) const {
  const auto taken = [&](std::uint32_t number) {
    return std::ranges::any_of(state_.links(), [&](const auto& entry) {
      const LinkKey& key = entry.first;
      return key.device_class == device_class && key.frontend == frontend && key.device == number;
    });
  };
  std::uint32_t number = 0;
  while (taken(number)) ++number;
  return number;
}

DomId Host::free_id(DomId after) const {
  auto id = after.get();
  do ++id;
  while (state_.find_running(DomId(id)) != nullptr);
  return DomId(id);
}

}  // namespace xenacm::labeltool::scenario
