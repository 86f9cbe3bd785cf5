// SPDX-License-Identifier: Apache-2.0
// labeltool mode [enforcing|permissive] [--label LABEL]
#include <iostream>
#include <memory>

#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

Result show_mode(const Context& context) {
  const auto status = ask(context, "GET", "/v1/status");
  if (!status) return std::unexpected(status.error());
  if (context.json) {
    print_json({{"mode", status->at("mode")}, {"label_modes", status->at("label_modes")}});
    return {};
  }
  std::cout << status->value("mode", "") << '\n';
  for (const auto& [label, mode] : status->at("label_modes").items()) {
    std::cout << label << ": " << mode.get<std::string>() << '\n';
  }
  return {};
}

Result change_mode(const Context& context, const std::string& mode, const std::string& label) {
  nlohmann::json body{{"mode", mode}};
  if (!label.empty()) body["label"] = label;
  const auto verdict = ask(context, "PUT", "/v1/mode", body);
  if (!verdict) return std::unexpected(verdict.error());
  return show_mode(context);
}

}  // namespace

Command mode_command() {
  struct ModeArguments {
    std::string mode, label;
  };
  auto arguments = std::make_shared<ModeArguments>();
  return {"mode", "Show or set the mode: enforcing denies, permissive only records",
          [arguments](Words& words) {
            words.optional("mode", arguments->mode, "enforcing or permissive; none: show it")
                .option("--label", arguments->label, "for the domains of this label alone");
          },
          [arguments](const Context& context) {
            return arguments->mode.empty() ? show_mode(context)
                                           : change_mode(context, arguments->mode, arguments->label);
          }};
}

}  // namespace xenacm::labeltool
