// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/text.h"

#include <type_traits>

#include "enforcer/monitor/resource.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::labeltool::scenario {

namespace {

// One answer for each kind of step or device.
template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string with_label(const std::string& thing, const std::optional<std::string>& label) {
  return label ? thing + " (" + *label + ")" : thing;
}

std::string vif_text(const Vif& vif) {
  std::string plug = vif.network.bridge;
  if (!vif.network.nic.empty()) plug += (plug.empty() ? "" : ", ") + vif.network.nic;
  if (vif.label) plug += (plug.empty() ? "" : ", ") + *vif.label;
  return "vif -> " + vif.backend.get() + (plug.empty() ? "" : " (" + plug + ")");
}

}  // namespace

std::string word_of(const Deed& deed) {
  return std::visit(Overloaded{[](const Start&) { return "start"; }, [](const Stop&) { return "stop"; },
                               [](const Attach&) { return "attach"; }, [](const Detach&) { return "detach"; },
                               [](const Label&) { return "label"; }, [](const Unlabel&) { return "unlabel"; },
                               [](const Relabel&) { return "relabel"; }, [](const Install&) { return "setpolicy"; },
                               [](const Reset&) { return "resetpolicy"; }, [](const ChangeMode&) { return "mode"; }},
                    deed);
}

std::string subject_of(const Deed& deed) {
  return std::visit(
      Overloaded{[](const Start& start) { return start.domain.get(); },
                 [](const Stop& stop) { return stop.domain.get(); },
                 [](const Attach& attach) { return attach.domain.get() + " " + device_text(attach.device); },
                 [](const Detach& detach) { return detach.domain.get() + " " + device_text(detach.device); },
                 [](const Label& label) { return with_label(label.resource.get(), label.label); },
                 [](const Unlabel& unlabel) { return unlabel.resource.get(); },
                 [](const Relabel& relabel) { return with_label(relabel.domain.get(), relabel.label); },
                 [](const Install& install) { return install.file; }, [](const Reset&) { return std::string(); },
                 [](const ChangeMode& change) {
                   return with_label(std::string(monitor::to_text(change.mode)), change.label);
                 }},
      deed);
}

std::string device_text(const Device& device) {
  if (const auto* vif = std::get_if<Vif>(&device)) return vif_text(*vif);
  if (const auto* link = std::get_if<PlainLink>(&device)) return link->device_class + " -> " + link->backend.get();
  const std::string name = resource_of(device)->get();
  return std::holds_alternative<Pci>(device) ? "pci " + name.substr(name.find(':') + 1) : "disk " + name;
}

std::string class_of(const Device& device) {
  return std::visit(
      Overloaded{[](const Disk&) { return std::string("vbd"); }, [](const Vif&) { return std::string("vif"); },
                 [](const Pci&) { return std::string("pci"); },
                 [](const PlainLink& link) { return link.device_class; }},
      device);
}

const monitor::DomainName& backend_of(const Device& device) {
  static const monitor::DomainName kDomain0{std::string(monitor::kDomain0Name)};
  return std::visit(
      [](const auto& what) -> const monitor::DomainName& {
        if constexpr (std::is_same_v<std::decay_t<decltype(what)>, Pci>) {
          return kDomain0;  // xen-pciback is Domain-0's
        } else {
          return what.backend;
        }
      },
      device);
}

std::optional<monitor::ResourceName> resource_of(const Device& device) {
  if (const auto* pci = std::get_if<Pci>(&device)) return pci->name;
  const auto* disk = std::get_if<Disk>(&device);
  if (disk == nullptr) return std::nullopt;
  if (disk->backend.get() == monitor::kDomain0Name) return disk->name;
  return monitor::in_backend(disk->name, monitor::configured_name(disk->backend).get());
}

}  // namespace xenacm::labeltool::scenario
