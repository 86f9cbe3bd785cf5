// SPDX-License-Identifier: Apache-2.0
// The chained records in the ledger's table `audit`. Internal to the ledger; throws SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/record.h"

namespace xenacm::ledger {

// The end of the chain.
struct Tip {
  std::int64_t seq = 0;  // 0: there is no record
  audit::Hash hash = audit::kNoHash;
};

[[nodiscard]] Tip read_tip(SQLite::Database& db);

// Gives the record its number and puts it after `tip`. The new tip.
[[nodiscard]] Tip append_audit(SQLite::Database& db, const Tip& tip, audit::Record record);

// Of a row of SELECT * FROM audit.
[[nodiscard]] audit::Line line_of(SQLite::Statement& row);

// Chains what the table of schema version 3 holds, and drops that table.
void adopt_audit_3(SQLite::Database& db);

}  // namespace xenacm::ledger
