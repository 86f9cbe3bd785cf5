// SPDX-License-Identifier: Apache-2.0
// Who is told each signed checkpoint, so that one who rewrites the ledger has to rewrite another log as well.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace xenacm::daemon {

// What journald files checkpoints under (MESSAGE_ID).
inline constexpr std::string_view kCheckpointMessage = "9c1d7f0b3f5e4a6d8a52c6b1e07d4f38";

[[nodiscard]] bool is_witness(std::string_view name);  // journald, syslog

// Tells each of them, by name, on a thread of its own: one that does not listen holds up no verdict.
[[nodiscard]] std::function<void(const std::string& checkpoint)> witness(std::vector<std::string> names);

}  // namespace xenacm::daemon
