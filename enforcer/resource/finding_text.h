// SPDX-License-Identifier: Apache-2.0
// The words that findings are told in.
#pragma once

#include <string>

#include "enforcer/monitor/resource.h"

namespace xenacm::resource {

// "inode 51f3a2:12, made 2026-11-22 10:59:02.298607385 UTC, mark 0123…"; or "without a mark".
[[nodiscard]] std::string text_of(const monitor::Identity& identity);

}  // namespace xenacm::resource
