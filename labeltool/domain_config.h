// SPDX-License-Identifier: Apache-2.0
// xl configuration files: found, and read by acm-enforcerd as xl would read them.
#pragma once

#include <optional>
#include <string>

#include "labeltool/command.h"
#include "labeltool/config_text.h"

namespace xenacm::labeltool {

struct ConfigFile {
  std::string path;
  std::string text;
};

struct DomainConfigFile {
  std::string path;
  std::string text;
  std::string name;                   // of the domain
  std::optional<std::string> uuid;    // where the configuration gives one
  std::optional<std::string> policy;  // of access_control
  std::optional<std::string> label;
};

// Looks for the file as it is given, then in /etc/xen. "Configuration file 'F' not found."
[[nodiscard]] std::expected<ConfigFile, Failure> read_config(const std::string& file);

// What labels are about.
[[nodiscard]] std::expected<DomainConfigFile, Failure> open_config(const Context& context, const std::string& file);

// Whether the domain could start now: the answer to POST /v1/whatif/start (schemas/openapi.yaml).
[[nodiscard]] std::expected<nlohmann::json, Failure> ask_start(const Context& context, const std::string& file);

}  // namespace xenacm::labeltool
