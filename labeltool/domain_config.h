// SPDX-License-Identifier: Apache-2.0
// The access_control line of an xl configuration file (acm.md 5, addlabel and rmlabel dom).
#pragma once

#include <optional>
#include <string>

#include "labeltool/command.h"

namespace xenacm::labeltool {

struct DomainConfigFile {
  std::string path;
  std::string text;
  std::string name;                   // of the domain
  std::optional<std::string> uuid;    // where the configuration gives one
  std::optional<std::string> policy;  // of access_control
  std::optional<std::string> label;
};

// Looks for the file as it is given, then in /etc/xen, and has acm-enforcerd read it as xl would.
[[nodiscard]] std::expected<DomainConfigFile, Failure> open_config(const Context& context, const std::string& file);

// The text with an access_control line at its end; nothing else changes.
[[nodiscard]] std::string with_label(const std::string& text, const std::string& policy, const std::string& label);

// The text with its access_control lines commented out, over as many lines as their list takes.
[[nodiscard]] std::string without_label(const std::string& text);

}  // namespace xenacm::labeltool
