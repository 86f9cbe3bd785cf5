// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/decide.h"

#include <type_traits>

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

struct Describer {
  const State& state;

  Description operator()(const StartDomain& r) const { return {"start", r.name.get(), ""}; }
  Description operator()(const StopDomain& r) const {
    return {r.withdrawn ? "withdraw start" : "stop", name_of(state, r.domid), ""};
  }
  Description operator()(const ReserveStart& r) const { return {"reserve start", r.start.name.get(), r.ticket}; }
  Description operator()(const LapseTicket& r) const {
    const auto held = state.tickets().find(r.ticket);
    return {"lapse ticket", held != state.tickets().end() ? held->second.name.get() : "", r.ticket};
  }
  Description operator()(const IntroduceDomain& r) const { return {"introduce", name_of(state, r.domid), ""}; }
  Description operator()(const RenameDomain& r) const { return {"rename", name_of(state, r.domid), r.name.get()}; }
  Description operator()(const AdoptDomain& r) const { return {"adopt", r.name.get(), ""}; }
  Description operator()(const AttachLink& r) const {
    return {link_action("attach", r.key), name_of(state, r.key.frontend),
            name_of(state, r.key.backend) + list_of(r.resources)};
  }
  Description operator()(const AdoptLink& r) const {
    Description attach = (*this)(r.link);
    attach.action = link_action("adopt", r.link.key);
    return attach;
  }
  Description operator()(const DetachLink& r) const {
    return {link_action(r.withdrawn ? "withdraw" : "detach", r.key), name_of(state, r.key.frontend),
            name_of(state, r.key.backend)};
  }
  Description operator()(const DetachBelow& r) const {
    return {"detach all " + r.device_class.value_or("links"), r.frontend ? name_of(state, *r.frontend) : "",
            name_of(state, r.backend)};
  }
  Description operator()(const MalformedWrite& r) const { return {"write", r.path, ""}; }
  Description operator()(const LabelDomain& r) const { return {"addlabel mgt", r.name.get(), r.label}; }
  Description operator()(const UnlabelDomain& r) const { return {"rmlabel mgt", r.name.get(), ""}; }
  Description operator()(const LabelResource& r) const { return {"addlabel res", r.resource.name.get(), r.label}; }
  Description operator()(const UnlabelResource& r) const { return {"rmlabel res", r.resource.name.get(), ""}; }
  Description operator()(const RepairResource& r) const {
    return {"repair " + std::string(to_text(r.mend)), r.resource.name.get(), r.to ? r.to->name.get() : ""};
  }
  Description operator()(const LabelVif& r) const { return {"addlabel vif", r.vif.text(), r.label}; }
  Description operator()(const UnlabelVif& r) const { return {"rmlabel vif", r.vif.text(), ""}; }
  Description operator()(const SetPolicy& r) const {
    const policy::PolicyRef& ref = r.compiled->tables.ref;
    return {r.back ? "rollback" : "setpolicy", ref.name + " " + ref.version.text(), ""};
  }
  Description operator()(const ResetPolicy&) const {
    return {"resetpolicy", std::string(policy::kDefaultPolicyName), ""};
  }
  Description operator()(const SetMode& r) const {
    return {"mode", r.label.value_or("all labels"), std::string(to_text(r.mode))};
  }
};

}  // namespace

Outcome decide(const State& state, const Request& request) {
  return std::visit([&](const auto& asked) { return decide(state, asked); }, request);
}

Description describe(const State& state, const Request& request) { return std::visit(Describer{state}, request); }

}  // namespace xenacm::monitor
