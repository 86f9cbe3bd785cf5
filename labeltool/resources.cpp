// SPDX-License-Identifier: Apache-2.0
// labeltool resources
#include <iostream>

#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

Result list_resources(const Context& context) {
  const auto resources = ask(context, "GET", "/v1/resources");
  if (!resources) return std::unexpected(resources.error());
  if (context.json) {
    print_json(*resources);
    return {};
  }
  for (const auto& resource : *resources) {
    std::cout << resource.value("name", "") << "\n      type: " << (resource.value("valid", false) ? "ACM" : "INV_ACM")
              << "\n    policy: " << resource.value("policy", "") << "\n     label: " << resource.value("label", "")
              << '\n';
  }
  return {};
}

}  // namespace

Command resources_command() {
  return {"resources", "List the labelled resources", [](Words&) {}, list_resources};
}

}  // namespace xenacm::labeltool
