// SPDX-License-Identifier: Apache-2.0
// The devices of an xl domain configuration. Internal to enforcer/xen.
#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "enforcer/xen/domain_config.h"

extern "C" {
#include <libxlutil.h>
}

namespace xenacm::xen {

using Config = std::unique_ptr<XLU_Config, decltype(&xlu_cfg_destroy)>;

// disk = [...], vif = [...] and pci = [...] into `parsed`; the error names the entry that is wrong.
[[nodiscard]] std::expected<void, std::string> read_devices(const Config& config, DomainConfig& parsed);

// One disk; what is wrong with it libxlutil also writes to the configuration's own report.
[[nodiscard]] std::expected<ConfiguredDisk, std::string> read_disk(const Config& config, const std::string& spec);

}  // namespace xenacm::xen
