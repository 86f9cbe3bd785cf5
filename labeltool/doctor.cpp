// SPDX-License-Identifier: Apache-2.0
// labeltool doctor [--wait SECONDS]
#include <iostream>
#include <memory>

#include "labeltool/doctor/command.h"
#include "labeltool/doctor/examination.h"

namespace xenacm::labeltool {

namespace {

Result examine_host(const Context& context, unsigned patience) {
  const auto report = doctor::examine(context, std::chrono::seconds(patience));
  if (!report) return std::unexpected(report.error());
  if (context.json) {
    print_json(doctor::json_of(*report));
  } else {
    std::cout << doctor::text_of(*report);
  }
  const int status = doctor::status_of(*report);
  if (status == 0) return {};
  return std::unexpected(Failure{.message = {}, .details = {}, .status = status});
}

}  // namespace

Command doctor_command() {
  constexpr unsigned kLongest = 60;
  auto patience = std::make_shared<unsigned>(5);
  return {"doctor", "Examine this host: what is wrong, why it matters, and the command that mends it",
          [patience](Words& words) {
            words.option("--wait", *patience, 0, kLongest, "seconds that devices may take that are about to connect");
          },
          [patience](const Context& context) { return examine_host(context, *patience); }};
}

}  // namespace xenacm::labeltool
