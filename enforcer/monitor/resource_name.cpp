// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource_name.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <regex>

namespace xenacm::monitor {

namespace {

using Parsed = std::expected<ResourceName, std::string>;

std::unexpected<std::string> bad(std::string_view text, std::string_view why) {
  return std::unexpected("Resource '" + std::string(text) + "' " + std::string(why));
}

// "KIND:" and the path without ".", "..", "//" and a slash at its end.
ResourceName with_path(std::string_view prefix, std::string_view path) {
  std::string normal = std::filesystem::path(path).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return ResourceName(std::string(prefix) + normal);
}

Parsed parse_phy(std::string_view text, std::string_view prefix, std::string_view device) {
  if (device.empty()) return bad(text, "names no device; the form is phy:/dev/vg/disk or phy:vg/disk");
  return with_path(prefix, device.starts_with('/') ? std::string(device) : "/dev/" + std::string(device));
}

Parsed parse_path(std::string_view text, std::string_view prefix, std::string_view path) {
  if (!path.starts_with('/')) {
    return bad(text, "needs an absolute path; the form is " + std::string(prefix) + "/path/to/image");
  }
  return with_path(prefix, path);
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](unsigned char c) {
    return c > ' ' && c != 0x7f && c != '/' && c != ':' && c != '@';
  });
}

Parsed parse_tap(std::string_view text, std::string_view rest) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || !is_name(rest.substr(0, colon))) {
    return bad(text, "contains no tap subtype; the form is tap:aio:/path/to/image");
  }
  return parse_path(text, "tap:" + std::string(rest.substr(0, colon + 1)), rest.substr(colon + 1));
}

Parsed parse_pci(std::string_view text, std::string_view address) {
  static const std::regex form("(?:([0-9a-fA-F]{1,4}):)?([0-9a-fA-F]{1,2}):([01]?[0-9a-fA-F])\\.([0-7])");
  std::cmatch match;
  if (!std::regex_match(address.begin(), address.end(), match, form)) {
    return bad(text, "has no PCI address; the form is pci:0000:04:00.0 (segment:bus:device.function)");
  }
  const auto padded = [](std::string digits, std::size_t width) {
    std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::string(width - std::min(width, digits.size()), '0') + digits;
  };
  return ResourceName("pci:" + padded(match[1], 4) + ":" + padded(match[2], 2) + ":" + padded(match[3], 2) + "." +
                      match[4].str());
}

// phy@DOMAIN:/dev/NAME and file@DOMAIN:/PATH; "@Domain-0" is the same as none.
Parsed parse_backend_disk(std::string_view text, std::string_view kind, std::string_view domain,
                          std::string_view rest) {
  if ((kind != "phy" && kind != "file") || !is_name(domain)) {
    return bad(text, "has no proper name; the form is phy@DOMAIN:/dev/disk or file@DOMAIN:/path/to/image");
  }
  const std::string prefix = std::string(kind) + (domain == "Domain-0" ? "" : "@" + std::string(domain)) + ":";
  return kind == "phy" ? parse_phy(text, prefix, rest) : parse_path(text, prefix, rest);
}

// nic:INTERFACE[@DOMAIN] and bridge:NAME[@DOMAIN]; "@Domain-0" is the same as none.
Parsed parse_network(std::string_view text, std::string_view kind, std::string_view rest) {
  const std::size_t at = rest.find('@');
  const std::string_view name = rest.substr(0, at);
  const std::string_view domain = at == std::string_view::npos ? "Domain-0" : rest.substr(at + 1);
  if (!is_name(name) || !is_name(domain)) {
    return bad(text, "has no proper name; the form is " + std::string(kind) + ":xenbr0, or " + std::string(kind) +
                         ":xenbr0@nicdom in the driver domain nicdom");
  }
  std::string canonical = std::string(kind) + ":" + std::string(name);
  if (domain != "Domain-0") canonical += "@" + std::string(domain);
  return ResourceName(std::move(canonical));
}

Parsed parse_vlan(std::string_view text, std::string_view id) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size() || number < 1 || number > 4095) {
    return bad(text, "has no VLAN id; the form is vlan:1 to vlan:4095");
  }
  return ResourceName("vlan:" + std::to_string(number));
}

std::unexpected<std::string> too_long(std::size_t bytes) {
  return std::unexpected("Resource name of " + std::to_string(bytes) + " bytes is longer than " +
                         std::to_string(kMaxResourceNameBytes));
}

Parsed parse(std::string_view text) {
  if (text.size() > kMaxResourceNameBytes) return too_long(text.size());
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; })) {
    return std::unexpected<std::string>("Resource name contains control characters");
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::unexpected("Resource spec '" + std::string(text) +
                           "' contains no ':' delimiter; the form is KIND:NAME, for example phy:/dev/vg/disk, "
                           "file:/path/to/image or bridge:xenbr0");
  }
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = text.substr(colon + 1);
  if (const std::size_t at = kind.find('@'); at != std::string_view::npos) {
    return parse_backend_disk(text, kind.substr(0, at), kind.substr(at + 1), rest);
  }
  if (kind == "phy") return parse_phy(text, "phy:", rest);
  if (kind == "file") return parse_path(text, "file:", rest);
  if (kind == "tap") return parse_tap(text, rest);
  if (kind == "pci") return parse_pci(text, rest);
  if (kind == "nic" || kind == "bridge") return parse_network(text, kind, rest);
  if (kind == "vlan") return parse_vlan(text, rest);
  return bad(text, "is of an unknown kind '" + std::string(kind) +
                       "'; the kinds are phy:, file:, tap:SUBTYPE:, pci:, nic:, bridge: and vlan:");
}

}  // namespace

std::expected<ResourceName, std::string> parse_resource_name(std::string_view text) {
  auto name = parse(text);
  // What is completed with /dev may have become too long.
  if (name && name->get().size() > kMaxResourceNameBytes) return too_long(name->get().size());
  return name;
}

std::expected<ResourceName, std::string> parse_host_resource_name(std::string_view text) {
  auto name = parse_resource_name(text);
  if (!name) return name;
  const std::string_view kind = kind_of(*name).substr(0, kind_of(*name).find('@'));
  if (kind != "phy" && kind != "file" && kind != "tap") return name;
  const std::filesystem::path parts(text);
  const bool begins_so = parts.begin()->string().ends_with(":..");  // phy:../a
  if (!begins_so && std::ranges::find(parts, "..") == parts.end()) return name;
  return bad(text, "contains '..', which may lead through a symbolic link; write the path without it");
}

std::string_view kind_of(const ResourceName& name) {
  const std::string_view text = name.get();
  return text.substr(0, text.find(':'));
}

std::expected<ResourceName, std::string> disk_name(std::string_view path) {
  const bool is_device = !path.starts_with('/') || path.starts_with("/dev/");
  return parse_host_resource_name((is_device ? "phy:" : "file:") + std::string(path));
}

std::expected<ResourceName, std::string> network_name(std::string_view kind, std::string_view name,
                                                      std::string_view backend) {
  return parse_resource_name(std::string(kind) + ":" + std::string(name) + "@" + std::string(backend));
}

}  // namespace xenacm::monitor
