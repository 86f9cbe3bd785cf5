// SPDX-License-Identifier: Apache-2.0
// An xl domain configuration, as libxlutil reads it: the parts that labels are about.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/ids.h"

namespace xenacm::xen {

// One entry of access_control, "policy=P,label=L" (acm.md 5, create).
struct AccessControl {
  std::string policy;
  std::string label;
};

struct DomainConfig {
  monitor::DomainName name;
  std::optional<monitor::Uuid> uuid;
  std::optional<AccessControl> access_control;
};

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1024} * 1024;

// `file` is for messages alone. The error is what libxlutil says, or what is missing or ill-formed.
[[nodiscard]] std::expected<DomainConfig, std::string> parse_domain_config(const std::string& text,
                                                                           const std::string& file);

}  // namespace xenacm::xen
