// SPDX-License-Identifier: Apache-2.0
// What a request is called, for people and for the audit record.
#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/resource_label.h"

namespace xenacm::monitor {

namespace {

// "nicdom", or "domain 7" where no record of it is left.
std::string name_of(const State& state, DomId domid) {
  const RunningDomain* domain = state.find_running(domid);
  return domain != nullptr ? domain->name.get() : "domain " + std::to_string(domid.get());
}

std::string link_action(std::string_view verb, const LinkKey& key) {
  return std::string(verb) + " " + key.device_class + " " + std::to_string(key.device);
}

// " (phy:/dev/vg/a)": the disk of a vbd, the devices of a pci link.
std::string list_of(const std::vector<Resource>& resources) {
  std::string names;
  for (const Resource& resource : resources) names += (names.empty() ? " (" : ", ") + resource.name.get();
  return names.empty() ? names : names + ")";
}

std::string text_of(const State& state, const StoredLabel& label) {
  if (label.label == policy::kUnlabeled) return {};
  return label.valid && label.policy == state.tables().ref.name ? label.label : label.text();
}

std::string label_of(const State& state, DomId domid) {
  const RunningDomain* domain = state.find_running(domid);
  return domain != nullptr ? text_of(state, domain->label) : std::string();
}

std::string label_of(const State& state, const DomainName& name, const Uuid& uuid) {
  if (name.get() == kDomain0Name) return text_of(state, state.domain0().label);
  return text_of(state, effective_label(state, name, uuid));
}

std::string label_of(const State& state, const Resource& resource) {
  const auto* record = record_named(state, resource);
  return record != nullptr ? text_of(state, record->second.label) : std::string();
}

std::string label_of(const State& state, const VifName& vif) {
  const auto found = state.vif_labels().find(vif);
  return found != state.vif_labels().end() ? text_of(state, found->second) : std::string();
}

struct Describer {
  const State& state;

  [[nodiscard]] Description of_domain(std::string action, DomId domid) const {
    return {.action = std::move(action), .subject = name_of(state, domid), .subject_label = label_of(state, domid)};
  }
  [[nodiscard]] Description of_start(std::string action, const DomainName& name, const Uuid& uuid) const {
    return {.action = std::move(action), .subject = name.get(), .subject_label = label_of(state, name, uuid)};
  }
  [[nodiscard]] Description of_link(std::string_view verb, const LinkKey& key) const {
    return {.action = link_action(verb, key),
            .subject = name_of(state, key.frontend),
            .object = name_of(state, key.backend),
            .subject_label = label_of(state, key.frontend),
            .object_label = label_of(state, key.backend)};
  }

  Description operator()(const StartDomain& r) const { return of_start("start", r.name, r.uuid); }
  Description operator()(const StopDomain& r) const {
    return of_domain(r.withdrawn ? "withdraw start" : "stop", r.domid);
  }
  Description operator()(const ReserveStart& r) const {
    Description reserve = of_start("reserve start", r.start.name, r.start.uuid);
    reserve.object = r.ticket;
    return reserve;
  }
  Description operator()(const LapseTicket& r) const {
    const auto held = state.tickets().find(r.ticket);
    Description lapse{.action = "lapse ticket", .object = r.ticket};
    if (held == state.tickets().end()) return lapse;
    lapse.subject = held->second.name.get();
    lapse.subject_label = text_of(state, held->second.label);
    return lapse;
  }
  Description operator()(const IntroduceDomain& r) const { return of_domain("introduce", r.domid); }
  Description operator()(const RenameDomain& r) const {
    Description rename = of_domain("rename", r.domid);
    rename.object = r.name.get();
    return rename;
  }
  Description operator()(const AdoptDomain& r) const { return of_start("adopt", r.name, r.uuid); }
  Description operator()(const AttachLink& r) const {
    Description attach = of_link("attach", r.key);
    attach.object += list_of(r.resources);
    return attach;
  }
  Description operator()(const AdoptLink& r) const {
    Description attach = (*this)(r.link);
    attach.action = link_action("adopt", r.link.key);
    return attach;
  }
  Description operator()(const DetachLink& r) const { return of_link(r.withdrawn ? "withdraw" : "detach", r.key); }
  Description operator()(const DetachBelow& r) const {
    return {.action = "detach all " + r.device_class.value_or("links"),
            .subject = r.frontend ? name_of(state, *r.frontend) : "",
            .object = name_of(state, r.backend),
            .subject_label = r.frontend ? label_of(state, *r.frontend) : "",
            .object_label = label_of(state, r.backend)};
  }
  Description operator()(const MalformedWrite& r) const { return {.action = "write", .subject = r.path}; }
  Description operator()(const LabelDomain& r) const {
    Description label = of_start("addlabel mgt", r.name, r.uuid.value_or(nil_uuid()));
    label.object = r.label;
    return label;
  }
  Description operator()(const UnlabelDomain& r) const { return of_start("rmlabel mgt", r.name, nil_uuid()); }
  Description operator()(const LabelResource& r) const {
    return {.action = "addlabel res",
            .subject = r.resource.name.get(),
            .object = r.label,
            .subject_label = label_of(state, r.resource)};
  }
  Description operator()(const UnlabelResource& r) const {
    return {.action = "rmlabel res", .subject = r.resource.name.get(), .subject_label = label_of(state, r.resource)};
  }
  Description operator()(const RepairResource& r) const {
    return {.action = "repair " + std::string(to_text(r.mend)),
            .subject = r.resource.name.get(),
            .object = r.to ? r.to->name.get() : "",
            .subject_label = label_of(state, r.resource)};
  }
  Description operator()(const LabelVif& r) const {
    return {
        .action = "addlabel vif", .subject = r.vif.text(), .object = r.label, .subject_label = label_of(state, r.vif)};
  }
  Description operator()(const UnlabelVif& r) const {
    return {.action = "rmlabel vif", .subject = r.vif.text(), .subject_label = label_of(state, r.vif)};
  }
  Description operator()(const SetPolicy& r) const {
    const policy::PolicyRef& ref = r.compiled->tables.ref;
    return {.action = r.back ? "rollback" : "setpolicy", .subject = ref.name + " " + ref.version.text()};
  }
  Description operator()(const ResetPolicy&) const {
    return {.action = "resetpolicy", .subject = std::string(policy::kDefaultPolicyName)};
  }
  Description operator()(const SetMode& r) const {
    return {.action = "mode", .subject = r.label.value_or("all labels"), .object = std::string(to_text(r.mode))};
  }
};

}  // namespace

Description describe(const State& state, const Request& request) { return std::visit(Describer{state}, request); }

}  // namespace xenacm::monitor
