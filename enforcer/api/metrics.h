// SPDX-License-Identifier: Apache-2.0
// What the daemon tells Prometheus (docs/metrics.md). The number of series depends on the policy, the configuration and
// nothing else: no domain can add to it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "enforcer/monitor/state.h"
#include "enforcer/monitor/tally.h"

namespace xenacm::api {

// `lines` and `audit` as in schemas/openapi.yaml: those of Status, and AuditState.
[[nodiscard]] std::string metrics_text(const monitor::State& state, const monitor::Tally& tally,
                                       const nlohmann::json& lines, const nlohmann::json& audit);

}  // namespace xenacm::api
