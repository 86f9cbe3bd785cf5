// SPDX-License-Identifier: Apache-2.0
// The chained records in the ledger's table `audit`. Internal to the ledger; throws SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <string>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/record.h"
#include "enforcer/ledger/tip.h"

namespace xenacm::ledger {

[[nodiscard]] Tip read_tip(SQLite::Database& db);

// Gives the record its number and puts it after `tip`. The new tip.
[[nodiscard]] Tip append_audit(SQLite::Database& db, const Tip& tip, audit::Record record);

// Of the column "hash" of a row.
[[nodiscard]] audit::Hash hash_of(SQLite::Statement& row);

// Of a row of SELECT * FROM audit.
[[nodiscard]] audit::Line line_of(SQLite::Statement& row);

// What of the last record is not as it was written; empty: it is, or there is none.
[[nodiscard]] std::string fault_of_last(SQLite::Database& db);

// Of the record with that number; none: it is not there.
[[nodiscard]] std::optional<audit::Hash> hash_of_record(SQLite::Database& db, std::int64_t seq);

// The newest signed checkpoint; none: there is none.
[[nodiscard]] std::optional<std::string> newest_checkpoint(SQLite::Database& db);

void insert_checkpoint(SQLite::Database& db, std::int64_t seq, const std::string& text);

// Chains what the table of schema version 3 holds, and drops that table.
void adopt_audit_3(SQLite::Database& db);

}  // namespace xenacm::ledger
