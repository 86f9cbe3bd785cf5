// SPDX-License-Identifier: Apache-2.0
// labeltool status
#include <cstdlib>
#include <iostream>

#include "labeltool/command.h"
#include "labeltool/doctor/hooks.h"
#include "labeltool/status_text.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

// Of a long log the older ones are not counted: one screen is for how things stand.
constexpr std::size_t kMostRefusals = 1'000;

std::expected<Refusals, Failure> refusals_of(const Context& context) {
  const auto records = ask(context, "GET", "/v1/audit?refused=1&limit=" + std::to_string(kMostRefusals));
  if (!records) return std::unexpected(records.error());
  Refusals refusals;
  for (const json& record : *records) refusals.add(record);
  if (records->size() == kMostRefusals) refusals.add_older();
  return refusals;
}

Result show_status(const Context& context) {
  auto status = ask(context, "GET", "/v1/status");
  if (!status) return std::unexpected(status.error());
  const auto refusals = refusals_of(context);
  if (!refusals) return std::unexpected(refusals.error());
  const char* path = std::getenv("PATH");
  const std::vector<doctor::Hook> hooks = doctor::look_for_hooks("/", path != nullptr ? path : "/usr/sbin");
  if (context.json) {
    (*status)["lines"]["hooks"] = doctor::hooks_json(hooks);
    (*status)["refusals"] = refusals->json();
    print_json(*status);
  } else {
    std::cout << status_text(*status, doctor::hooks_text(hooks), *refusals);
  }
  return {};
}

}  // namespace

Command status_command() {
  return {"status", "Show on one screen: mode, policy, what is enforced, what has no label, what was refused",
          [](Words&) {}, show_status};
}

}  // namespace xenacm::labeltool
