// SPDX-License-Identifier: Apache-2.0
// The whole state as JSON, for a replay that cannot begin at the log's first record (docs/audit.md, "Replay"):
// {"kind":"snapshot","rows":[{"kind":"policy","document":…},{"kind":"running",…},…]}, tickets included.
#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "enforcer/monitor/state.h"

namespace xenacm::monitor {

inline constexpr std::string_view kSnapshotKind = "snapshot";

[[nodiscard]] nlohmann::json to_json(const State& state);

// The error says what is wrong with which row.
[[nodiscard]] std::expected<State, std::string> state_from_json(const nlohmann::json& value);

}  // namespace xenacm::monitor
