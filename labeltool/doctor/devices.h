// SPDX-License-Identifier: Apache-2.0
// Backends in driver domains and in Domain-0, as far as xenstore tells (docs/driver-domains.md): what goes on inside a
// driver domain cannot be seen from here, and is derived from what its drivers and scripts write.
//
// Everything below a domain's backend directory is that domain's own: it may say anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/xen/hypervisor.h"
#include "enforcer/xen/xenstore.h"
#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

using monitor::DomId;

struct Domain {
  std::string name;    // as the daemon has it, else "domain 3"
  bool serves = true;  // runs, or is paused: it is neither shut down, crashed nor dying
};

// The backend's end.
struct Device {
  DomId backend;
  DomId frontend;
  std::string device_class;  // "vif"
  std::uint32_t number = 0;
  std::string state = {};  // of xenbus, "1" to "6"
  std::optional<std::string> script = {};
  std::string hotplug_status = {};  // empty: the script has said nothing yet
  std::optional<std::string> hotplug_error = {};
  bool has_frontend = false;  // its directory is there
};

// A frontend whose backend's domain serves no more.
struct Orphan {
  DomId frontend;
  DomId backend;
  std::string device_class;
  std::uint32_t number = 0;
};

struct DeviceFacts {
  std::map<DomId, Domain> domains = {};
  std::vector<Device> devices = {};
  std::vector<Orphan> orphans = {};
  std::string missing_default_script = {};  // xl.conf's, which is not there; empty: it is
};

[[nodiscard]] Findings check_devices(const DeviceFacts& facts);

using Names = std::map<DomId, std::string>;
[[nodiscard]] DeviceFacts look_at_devices(xen::Xenstore& xenstore, const std::vector<xen::DomainInfo>& domains,
                                          const Names& names);
// Whether another look, a little later, may show it otherwise.
[[nodiscard]] bool is_settling(const DeviceFacts& facts);
// The script of xl.conf's vif.default.script, where that is named and not there.
[[nodiscard]] std::string look_for_default_script(const std::filesystem::path& root);

}  // namespace xenacm::labeltool::doctor
