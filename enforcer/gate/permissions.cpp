// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/permissions.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

using monitor::DomId;
using monitor::LinkKey;

// Nodes have two or three; each pair of domains is a question of its own.
constexpr std::size_t kMaxDomains = 16;

struct Access {
  bool read = false;
  bool write = false;
};

struct Permissions {
  DomId owner;
  Access everybody;
  std::map<DomId, Access> domains;  // those that may do something, the owner among them
};

constexpr Access kAll{true, true};

std::optional<Access> parse_access(char letter) {
  switch (letter) {
    case 'n':
      return Access{};
    case 'r':
      return Access{true, false};
    case 'w':
      return Access{false, true};
    case 'b':
      return kAll;
    default:
      return std::nullopt;
  }
}

// xenstored reads numbers in more ways than one: "r010" is eight to one and ten to the other.
std::optional<Permissions> parse(std::string_view text) {
  std::optional<Permissions> permissions;
  while (!text.empty()) {
    const std::size_t nul = text.find('\0');
    if (nul == std::string_view::npos || nul == 0) return std::nullopt;
    const auto access = parse_access(text.front());
    const auto domid = parse_domid(text.substr(1, nul - 1));
    if (!access || !domid) return std::nullopt;
    text.remove_prefix(nul + 1);
    if (!permissions) {
      permissions = {*domid, *access, {{*domid, kAll}}};
    } else if (access->read || access->write) {
      Access& known = permissions->domains[*domid];
      known = {known.read || access->read, known.write || access->write};
    }
  }
  return permissions;
}

bool opens_to_everybody(const Permissions& permissions) {
  if (permissions.everybody.write) return true;
  if (!permissions.everybody.read) return false;
  return std::ranges::any_of(permissions.domains,
                             [](const auto& entry) { return entry.first != monitor::kDomain0 && entry.second.write; });
}

// The link that two domains have by a node: of the device whose directory it stands in, if the directory is one's.
// Else the backend is whose node or directory it is.
LinkKey link_between(DomId a, DomId b, const std::optional<DeviceDirectory>& device, DomId owner,
                     std::optional<DomId> home) {
  if (device && (device->owner == a || device->owner == b)) {
    const DomId other = device->owner == a ? b : a;
    const std::string device_class(device->device_class);
    return device->of_backend ? LinkKey{device_class, other, device->owner, device->device}
                              : LinkKey{device_class, device->owner, other, device->device};
  }
  const bool owned = owner == a || owner == b;
  const DomId backend = (owned ? b == owner : b == home) ? b : a;
  return {std::string(monitor::kNodeClass), backend == a ? b : a, backend, 0};
}

}  // namespace

std::expected<std::vector<LinkKey>, std::string> joined_by(std::string_view path, std::string_view permissions) {
  auto parsed = parse(permissions);
  if (!parsed) return std::unexpected("its permissions are not of the form n0, r7, w7 or b7 each");
  if (path.starts_with('@')) return {};  // a watch event of xenstored's own: nobody writes it
  if (opens_to_everybody(*parsed)) return std::unexpected("opens the node to every domain");
  const auto home = home_of(path);
  if (home) parsed->domains[*home] = kAll;
  std::map<DomId, Access>& domains = parsed->domains;
  domains.erase(monitor::kDomain0);
  if (domains.size() > kMaxDomains) return std::unexpected("its permissions name too many domains to judge");

  const auto device = device_directory(path);
  std::vector<LinkKey> links;
  for (auto a = domains.begin(); a != domains.end(); ++a) {
    for (auto b = std::next(a); b != domains.end(); ++b) {
      // Two that may write: what one of them makes below is its own, to read too, and the other may write there.
      const bool joined =
          (a->second.write && (b->second.read || b->second.write)) || (a->second.read && b->second.write);
      if (joined) links.push_back(link_between(a->first, b->first, device, parsed->owner, home));
    }
  }
  return links;
}

}  // namespace xenacm::gate
