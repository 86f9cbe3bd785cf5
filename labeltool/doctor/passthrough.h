// SPDX-License-Identifier: Apache-2.0
// PCI devices that are passed to domains, or set aside for that.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/xen/xenstore.h"
#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

struct PciDevice {
  std::string address;  // "0000:00:05.0"
  bool is_network = false;
  std::optional<monitor::DomId> owner = {};  // none: set aside
};

struct PassthroughFacts {
  std::vector<PciDevice> devices;
  std::optional<bool> iommu = {};                      // that Xen uses; none: Xen does not tell
  std::optional<std::set<std::string>> labelled = {};  // names of resources; none: the daemon does not tell
};

[[nodiscard]] Findings check_passthrough(const PassthroughFacts& facts);

// The devices that Domain-0's pciback has.
[[nodiscard]] std::vector<PciDevice> look_at_pci(const std::filesystem::path& root, xen::Xenstore& xenstore);

}  // namespace xenacm::labeltool::doctor
