// SPDX-License-Identifier: Apache-2.0
// labeltool resetpolicy
#include <iostream>

#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

constexpr unsigned kDenied = 403;

Result reset_policy(const Context& context) {
  const auto verdict = ask(context, "DELETE", "/v1/policy");
  if (!verdict) {
    Failure failure = verdict.error();
    // A refusal has its reasons; whoever may not ask at all has none.
    if (failure.answer == kDenied && !failure.details.empty()) {
      failure.message = "Could not reset the system's policy. Try to halt all guests.";
    }
    return std::unexpected(std::move(failure));
  }
  if (context.json) {
    print_json(*verdict);
  } else {
    std::cout << "Successfully reset the system's policy.\n";
  }
  return {};
}

}  // namespace

Command resetpolicy_command() {
  return {"resetpolicy", "Go back to the policy DEFAULT, under which no domain but Domain-0 runs", [](Words&) {},
          reset_policy, "No arguments expected."};
}

}  // namespace xenacm::labeltool
