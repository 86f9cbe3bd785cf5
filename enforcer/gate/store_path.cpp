// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/store_path.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include "enforcer/gate/link_attributes.h"

namespace xenacm::gate {
namespace {

using monitor::DomId;
using Name = std::string_view;

constexpr Name kDomains = "/local/domain/";
constexpr Name kVms = "/vm/";
constexpr Name kConsole = "console";
constexpr Name kVuart = "vuart";

// Names of backends that differ from their frontends'.
constexpr std::array<std::pair<Name, Name>, 5> kBackendNames{
    {{"qdisk", "vbd"}, {"vbd3", "vbd"}, {"qusb", "vusb"}, {"vinput", "vkbd"}, {"xen_9pfs", "9pfs"}}};

// The components of a path below /local/domain/. Those after the sixth are not told apart: nothing of interest has
// more.
struct Components {
  static constexpr std::size_t kMax = 6;
  std::array<Name, kMax> at;
  std::size_t count = 0;  // kMax + 1: more than that
};

Components split(Name path) {
  Components parts;
  for (;;) {
    if (parts.count == Components::kMax) {
      ++parts.count;
      return parts;
    }
    const std::size_t slash = path.find('/');
    parts.at[parts.count++] = path.substr(0, slash);
    if (slash == Name::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

// The components after /local/domain/, the domain first; none for any other path.
std::optional<Components> below_domains(Name path) {
  if (!path.starts_with(kDomains)) return std::nullopt;
  return split(path.substr(kDomains.size()));
}

// A class may be called anything but what links of no device are; and what is recorded and shown of it is chosen by
// whoever writes the path.
std::optional<Name> class_of(Name directory) {
  constexpr std::size_t kMaxBytes = 64;
  const bool plain = !directory.empty() && directory.size() <= kMaxBytes && std::ranges::all_of(directory, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!plain || directory == monitor::kTargetClass || directory == monitor::kNodeClass) return std::nullopt;
  return link_class(directory);
}

// B/backend/CLASS/F/I
std::optional<monitor::LinkKey> link_of(const Components& parts) {
  const auto backend = parse_domid(parts.at[0]);
  const auto device_class = class_of(parts.at[2]);
  const auto frontend = parse_domid(parts.at[3]);
  const auto device = parse_number(parts.at[4]);
  if (!backend || !device_class || !frontend || !device) return std::nullopt;
  return monitor::LinkKey{std::string(*device_class), *frontend, *backend, *device};
}

// A device's directory below its frontend's, in `components` of the path.
struct Frontend {
  std::size_t components = 0;
  std::optional<Name> device_class;
  std::optional<std::uint32_t> device;
};

std::optional<Frontend> frontend_of(const Components& parts) {
  if (parts.count >= 4 && parts.at[1] == "device") return Frontend{4, class_of(parts.at[2]), parse_number(parts.at[3])};
  if (parts.count >= 2 && parts.at[1] == kConsole) return Frontend{2, kConsole, 0};
  if (parts.count >= 3 && parts.at[1] == kVuart) return Frontend{3, kVuart, parse_number(parts.at[2])};
  return std::nullopt;
}

// B/backend/CLASS/F/I/KEY
Meaning backend_side(DomId owner, const Components& parts) {
  const Name key = parts.at[5];
  if (is_attribute(parts.at[2], key)) return LinkAttribute{link_of(parts)};
  if (key != "frontend" && key != "frontend-id") return {};
  return LinkPointer{key == "frontend" ? Pointer::frontend : Pointer::frontend_id, owner, class_of(parts.at[2]),
                     parse_domid(parts.at[3]), parse_number(parts.at[4])};
}

Meaning frontend_side(DomId owner, const Frontend& frontend, Name key) {
  if (key != "backend" && key != "backend-id") return {};
  return LinkPointer{key == "backend" ? Pointer::backend : Pointer::backend_id, owner, frontend.device_class, owner,
                     frontend.device};
}

// /libxl/pci/SSSS-BB-DD-F/domid
std::optional<PciAssignment> pci_assignment(Name path) {
  constexpr Name kBefore = "/libxl/pci/";
  constexpr Name kAfter = "/domid";
  constexpr std::size_t kAddressBytes = 12;
  if (path.size() != kBefore.size() + kAddressBytes + kAfter.size()) return std::nullopt;
  if (!path.starts_with(kBefore) || !path.ends_with(kAfter)) return std::nullopt;
  std::string address(path.substr(kBefore.size(), kAddressBytes));
  if (address[4] != '-' || address[7] != '-' || address[10] != '-') return std::nullopt;
  address[4] = address[7] = ':';
  address[10] = '.';
  return PciAssignment{std::move(address)};
}

}  // namespace

Name link_class(Name directory) {
  const auto* const found = std::ranges::find(kBackendNames, directory, &std::pair<Name, Name>::first);
  return found == kBackendNames.end() ? directory : found->second;
}

std::vector<Name> backend_names(Name device_class) {
  std::vector<Name> names{device_class};
  for (const auto& [backend, frontend] : kBackendNames) {
    if (frontend == device_class) names.push_back(backend);
  }
  return names;
}

std::optional<std::uint32_t> parse_number(Name text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<DomId> parse_domid(Name text) {
  const auto number = parse_number(text);
  if (!number || *number > kMaxDomId) return std::nullopt;
  return DomId(static_cast<std::uint16_t>(*number));
}

std::string absolute_path(Name path) {
  if (path.starts_with('/') || path.starts_with('@')) return std::string(path);
  return std::string(kDomains) + "0/" + std::string(path);
}

Meaning meaning_of(Name path) {
  if (auto assignment = pci_assignment(path)) return *std::move(assignment);
  if (path.starts_with(kVms)) {
    const Components parts = split(path.substr(kVms.size()));
    return parts.count == 2 && parts.at[1] == "name" ? Meaning(NameOfVm{}) : Meaning{};
  }
  const auto parts = below_domains(path);
  if (!parts) return {};
  const auto owner = parse_domid(parts->at[0]);
  if (!owner) return {};
  const bool mortal = *owner != monitor::kDomain0;
  if (mortal && parts->count == 2 && parts->at[1] == "vm") return DomainVm{*owner};
  if (mortal && parts->count == 2 && parts->at[1] == "name") return NameOfDomain{*owner};
  if (parts->count == 6 && parts->at[1] == "backend") return backend_side(*owner, *parts);
  const auto frontend = frontend_of(*parts);
  if (!frontend || parts->count != frontend->components + 1) return {};
  return frontend_side(*owner, *frontend, parts->at[frontend->components]);
}

std::optional<FrontendPath> parse_frontend_path(Name value) {
  const auto parts = below_domains(value);
  if (!parts) return std::nullopt;
  const auto owner = parse_domid(parts->at[0]);
  const auto frontend = frontend_of(*parts);
  if (!owner || !frontend || parts->count != frontend->components) return std::nullopt;
  if (!frontend->device_class || !frontend->device) return std::nullopt;
  return FrontendPath{*frontend->device_class, *owner, *frontend->device};
}

std::optional<monitor::LinkKey> parse_backend_path(Name value) {
  const auto parts = below_domains(value);
  if (!parts || parts->count != 5 || parts->at[1] != "backend") return std::nullopt;
  return link_of(*parts);
}

std::optional<DomId> home_of(Name path) {
  const auto parts = below_domains(path);
  return parts ? parse_domid(parts->at[0]) : std::nullopt;
}

std::optional<DeviceDirectory> device_directory(Name path) {
  const auto parts = below_domains(path);
  if (!parts) return std::nullopt;
  if (parts->count >= 5 && parts->at[1] == "backend") {
    const auto link = link_of(*parts);
    if (!link) return std::nullopt;
    return DeviceDirectory{*class_of(parts->at[2]), link->backend, link->device, true};
  }
  const auto owner = parse_domid(parts->at[0]);
  const auto frontend = frontend_of(*parts);
  if (!owner || !frontend || !frontend->device_class || !frontend->device) return std::nullopt;
  return DeviceDirectory{*frontend->device_class, *owner, *frontend->device, false};
}

bool BackendDirectory::holds(const monitor::LinkKey& link) const {
  return link.backend == backend && (!name || link_class(*name) == link.device_class) &&
         (!frontend || *frontend == link.frontend) && (!device || *device == link.device);
}

std::optional<BackendDirectory> backend_directory(Name path) {
  const auto parts = below_domains(path);
  if (!parts || parts->count > 5 || (parts->count > 1 && parts->at[1] != "backend")) return std::nullopt;
  const auto backend = parse_domid(parts->at[0]);
  if (!backend) return std::nullopt;
  BackendDirectory directory{*backend, {}, {}, {}};
  if (parts->count > 2) directory.name = parts->at[2];
  if (parts->count > 3) directory.frontend = parse_domid(parts->at[3]);
  if (parts->count > 4) directory.device = parse_number(parts->at[4]);
  const bool clear = (parts->count <= 2 || class_of(parts->at[2])) && (parts->count <= 3 || directory.frontend) &&
                     (parts->count <= 4 || directory.device);
  return clear ? std::optional(std::move(directory)) : std::nullopt;
}

}  // namespace xenacm::gate
