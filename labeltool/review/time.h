// SPDX-License-Identifier: Apache-2.0
// Times as reviewers type them.
#pragma once

#include <chrono>
#include <expected>
#include <string>

namespace xenacm::labeltool::review {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

// "2026-11-22", "2026-11-22T14:02", "2026-11-22 14:02:11", of the local time zone, or of UTC with a Z behind them; a
// day alone is its midnight. "today"; "90s", "15m", "2h", "3d", "1w": so long before `now`. The error shows these
// forms.
[[nodiscard]] std::expected<Time, std::string> parse_time(const std::string& text, Time now);

// "2026-11-22T14:02:11.000123Z"
[[nodiscard]] std::string iso_text(std::int64_t microseconds);

}  // namespace xenacm::labeltool::review
