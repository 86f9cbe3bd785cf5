// SPDX-License-Identifier: Apache-2.0
// Names of resources: disks, PCI devices and networks (acm.md 6.1, architecture "Labels").
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "policy/strong.h"

namespace xenacm::monitor {

// Canonical text of one of
//   phy[@DOMAIN]:/dev/NAME   file[@DOMAIN]:/PATH   tap:SUBTYPE:/PATH   pci:SSSS:BB:DD.F
//   nic:INTERFACE[@DOMAIN]   bridge:NAME[@DOMAIN]   vlan:ID
// DOMAIN is the driver domain that has it; without one it is Domain-0's.
// The same resource may have several names; what a name leads to on the file system is resolved outside the monitor.
using ResourceName = Strong<struct ResourceNameTag, std::string>;

inline constexpr std::size_t kMaxResourceNameBytes = 4096;

// Canonicalises as text alone: "phy:vg/a" becomes "phy:/dev/vg/a", "pci:04:00.0" becomes "pci:0000:04:00.0", "." and
// ".." in paths are resolved. The error says what is wrong and shows the right form.
[[nodiscard]] std::expected<ResourceName, std::string> parse_resource_name(std::string_view text);

// The same for a name that is to lead to something on a host. ".." in its path is refused: where it leads depends on
// symbolic links, which text does not know, and whoever opens the path follows them.
[[nodiscard]] std::expected<ResourceName, std::string> parse_host_resource_name(std::string_view text);

// "phy", "file", "tap", "pci", "nic", "bridge", "vlan", or "phy@DOMAIN", "file@DOMAIN".
[[nodiscard]] std::string_view kind_of(const ResourceName& name);

// What a toolstack calls a disk by its path alone: "phy:/dev/NAME" below /dev, or for a path that is not absolute,
// which a toolstack completes with /dev; else "file:/PATH".
[[nodiscard]] std::expected<ResourceName, std::string> disk_name(std::string_view path);

// The name under which a bridge ("bridge") or a NIC ("nic") of a backend carries its label: of Domain-0 "bridge:NAME",
// of a driver domain "bridge:NAME@DOMAIN".
[[nodiscard]] std::expected<ResourceName, std::string> network_name(std::string_view kind, std::string_view name,
                                                                    std::string_view backend);

}  // namespace xenacm::monitor
