// SPDX-License-Identifier: Apache-2.0
// Labels without what they are for, and domains without a label.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"

namespace xenacm::labeltool::doctor {

struct LabelFacts {
  // As the API shows them (schemas/openapi.yaml).
  nlohmann::json bindings = nlohmann::json::array();    // of Binding
  nlohmann::json domains = nlohmann::json::array();     // of Domain, those that run
  nlohmann::json unlabelled = nlohmann::json::array();  // names of domains
  nlohmann::json resources = nlohmann::json::array();   // of Finding
  // The names that configurations of xl and libvirt give to domains; none: there may be others, which cannot be seen
  // (XAPI keeps its own).
  std::optional<std::set<std::string>> configured = {};
};

[[nodiscard]] Findings check_labels(const LabelFacts& facts);

[[nodiscard]] std::optional<std::set<std::string>> look_for_configurations(const std::filesystem::path& root);

}  // namespace xenacm::labeltool::doctor
