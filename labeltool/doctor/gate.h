// SPDX-License-Identifier: Apache-2.0
// Whether the daemon runs, its gate and guard are in place, and who goes round them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "labeltool/doctor/finding.h"
#include "labeltool/doctor/xenstored.h"

namespace xenacm::labeltool::doctor {

struct GateFacts {
  bool systemd = false;
  AtTheName at_the_name = AtTheName::nobody;
  std::string socket = {};                    // of xenstored
  std::string silence = {};                   // why the daemon does not answer; empty: it does
  unsigned refusal = 0;                       // HTTP status, where it answered with an error
  std::optional<nlohmann::json> status = {};  // its answer: Status (schemas/openapi.yaml)
};

[[nodiscard]] Findings check_gate(const GateFacts& facts);

}  // namespace xenacm::labeltool::doctor
