// SPDX-License-Identifier: Apache-2.0
// labeltool audit checkpoint
#include <iostream>

#include "labeltool/audit_commands.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

Result show_checkpoints(const Context& context) {
  const auto page = ask(context, "GET", "/v1/audit/checkpoints?limit=1");
  if (!page) return std::unexpected(page.error());
  const json& checkpoints = page->at("checkpoints");
  if (checkpoints.empty()) {
    return std::unexpected(
        Failure{"No checkpoint was signed so far. The first one comes some minutes after the first record"});
  }
  // As it was signed: one line of JSON.
  std::cout << checkpoints.back().value("text", "") << '\n';
  return {};
}

}  // namespace

Command audit_checkpoint_command() {
  return {"checkpoint", "Print the newest signed checkpoint, to be kept where nobody on this host can change it",
          [](Words&) {}, show_checkpoints};
}

}  // namespace xenacm::labeltool
