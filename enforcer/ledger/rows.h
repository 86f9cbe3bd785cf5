// SPDX-License-Identifier: Apache-2.0
// Rows of the ledger to values of the monitor and back. Internal to the ledger; throws SQLite::Exception or
// std::runtime_error.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <expected>
#include <string>

#include "enforcer/monitor/state.h"

namespace xenacm::ledger {

void write_changes(SQLite::Database& db, const monitor::Delta& delta);

// The error: a stored policy that does not compile, or a row that cannot be.
[[nodiscard]] std::expected<monitor::State, std::string> read_state(SQLite::Database& db);

}  // namespace xenacm::ledger
