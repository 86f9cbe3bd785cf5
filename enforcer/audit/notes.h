// SPDX-License-Identifier: Apache-2.0
// Records of the monitor's own that change what it knows: a replay must understand them (docs/audit.md, "Replay").
#pragma once

#include <string_view>

namespace xenacm::audit {

inline constexpr std::string_view kOwnVoice = "daemon";  // Caller::via of all notes

// The state is what the ledger holds: whoever waited under a ticket no longer does.
inline constexpr std::string_view kDaemonStart = "daemon start";

// Carries the whole state as its request (monitor/state_json.h).
inline constexpr std::string_view kSnapshot = "snapshot";

}  // namespace xenacm::audit
