// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/store_path.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace xenacm::gate {
namespace {

using monitor::DomId;

constexpr std::string_view kDomains = "/local/domain/";
constexpr std::string_view kVms = "/vm/";

// The components of a path below a domain's directory; no path of interest has more.
struct Components {
  static constexpr std::size_t kMax = 6;
  std::array<std::string_view, kMax> at;
  std::size_t count = 0;  // kMax + 1: more than that
};

Components split(std::string_view path) {
  Components parts;
  for (;;) {
    if (parts.count == Components::kMax) {
      ++parts.count;
      return parts;
    }
    const std::size_t slash = path.find('/');
    parts.at[parts.count++] = path.substr(0, slash);
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

// The components after /local/domain/, the domain first; none for any other path.
std::optional<Components> below_domains(std::string_view path) {
  if (!path.starts_with(kDomains)) return std::nullopt;
  return split(path.substr(kDomains.size()));
}

bool is_mediated(std::string_view device_class) {
  return std::ranges::find(kMediatedClasses, device_class) != kMediatedClasses.end();
}

bool is_backend_directory(const Components& parts, std::size_t count) {
  return parts.count == count && parts.at[1] == "backend" && is_mediated(parts.at[2]);
}

// The link whose directory the components name: B/backend/CLASS/F/I.
std::optional<monitor::LinkKey> link_of(const Components& parts) {
  const auto backend = parse_domid(parts.at[0]);
  const auto frontend = parse_domid(parts.at[3]);
  const auto device = parse_number(parts.at[4]);
  if (!backend || !frontend || !device) return std::nullopt;
  return monitor::LinkKey{std::string(link_class(parts.at[2])), *frontend, *backend, *device};
}

bool is_attribute(std::string_view device_class, std::string_view key) {
  return device_class == "vif" ? key == "bridge" || key == "gatewaydev" : key == "params";
}

Meaning backend_side(DomId owner, const Components& parts) {
  const std::string_view key = parts.at[5];
  if (is_attribute(parts.at[2], key)) return LinkAttribute{link_of(parts)};
  if (key != "frontend" && key != "frontend-id") return {};
  return LinkPointer{key == "frontend" ? Pointer::frontend : Pointer::frontend_id, link_class(parts.at[2]), owner,
                     parse_domid(parts.at[3]), parse_number(parts.at[4])};
}

Meaning frontend_side(DomId owner, const Components& parts) {
  const std::string_view key = parts.at[4];
  if (key != "backend" && key != "backend-id") return {};
  return LinkPointer{key == "backend" ? Pointer::backend : Pointer::backend_id, link_class(parts.at[2]), owner, owner,
                     parse_number(parts.at[3])};
}

}  // namespace

std::string_view link_class(std::string_view backend_class) {
  return backend_class == "qdisk" ? std::string_view("vbd") : backend_class;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<DomId> parse_domid(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number > kMaxDomId) return std::nullopt;
  return DomId(static_cast<std::uint16_t>(*number));
}

std::string absolute_path(std::string_view path) {
  if (path.starts_with('/') || path.starts_with('@')) return std::string(path);
  return std::string(kDomains) + "0/" + std::string(path);
}

Meaning meaning_of(std::string_view path) {
  if (path.starts_with(kVms)) {
    const Components parts = split(path.substr(kVms.size()));
    return parts.count == 2 && parts.at[1] == "name" ? Meaning(NameOfDomain{}) : Meaning{};
  }
  const auto parts = below_domains(path);
  if (!parts) return {};
  const auto owner = parse_domid(parts->at[0]);
  if (!owner) return {};
  if (parts->count == 2 && parts->at[1] == "vm" && *owner != monitor::kDomain0) return DomainVm{*owner};
  if (parts->count == 2 && parts->at[1] == "name") return NameOfDomain{};
  if (is_backend_directory(*parts, 6)) return backend_side(*owner, *parts);
  if (parts->count == 5 && parts->at[1] == "device" && is_mediated(parts->at[2])) return frontend_side(*owner, *parts);
  return {};
}

std::optional<monitor::LinkKey> link_directory(std::string_view path) {
  const auto parts = below_domains(path);
  if (!parts || !is_backend_directory(*parts, 5)) return std::nullopt;
  return link_of(*parts);
}

std::optional<DomId> parse_frontend_path(std::string_view value) {
  const auto parts = below_domains(value);
  if (!parts || parts->count != 4 || parts->at[1] != "device" || parts->at[2].empty()) return std::nullopt;
  if (!parse_number(parts->at[3])) return std::nullopt;
  return parse_domid(parts->at[0]);
}

std::optional<BackendPath> parse_backend_path(std::string_view value) {
  const auto parts = below_domains(value);
  if (!parts || parts->count != 5 || parts->at[1] != "backend" || parts->at[2].empty()) return std::nullopt;
  if (!parse_number(parts->at[4])) return std::nullopt;
  const auto backend = parse_domid(parts->at[0]);
  const auto frontend = parse_domid(parts->at[3]);
  if (!backend || !frontend) return std::nullopt;
  return BackendPath{*backend, *frontend};
}

}  // namespace xenacm::gate
