// SPDX-License-Identifier: Apache-2.0
// An xl domain configuration, as libxlutil reads it: the parts that labels are about.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/monitor/resource_name.h"

namespace xenacm::xen {

// One entry of access_control, "policy=P,label=L" (acm.md 5, create).
struct AccessControl {
  std::string policy;  // empty, which no xl configuration says: the enforced one
  std::string label;
};

// `text` is the device as the configuration writes it, for people. `backend` is a domain's name or number; empty:
// Domain-0.
struct ConfiguredDisk {
  std::string text;
  std::optional<monitor::ResourceName> resource;  // none: an empty drive
  std::string backend;
};
struct ConfiguredVif {
  std::string text;
  std::string backend;
  std::string bridge;                   // what libxl takes where the configuration names none: kDefaultBridge
  std::string nic;                      // gatewaydev; empty: none
  std::optional<std::uint32_t> number;  // devid; none: its place in the list
};
struct ConfiguredPci {
  std::string text;
  monitor::ResourceName resource;
};

inline constexpr const char* kDefaultBridge = "xenbr0";

struct DomainConfig {
  monitor::DomainName name;
  std::optional<monitor::Uuid> uuid;
  std::optional<AccessControl> access_control;
  std::vector<ConfiguredDisk> disks;
  std::vector<ConfiguredVif> vifs;
  std::vector<ConfiguredPci> pci;
};

// A disk as a configuration's list and `xl block-attach` write it: "phy:/dev/vg/a,xvda,w".
[[nodiscard]] std::expected<ConfiguredDisk, std::string> parse_disk(const std::string& spec);

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1024} * 1024;

// `file` is for messages alone. The error is what libxlutil says, or what is missing or ill-formed.
[[nodiscard]] std::expected<DomainConfig, std::string> parse_domain_config(const std::string& text,
                                                                           const std::string& file);

}  // namespace xenacm::xen
