// SPDX-License-Identifier: Apache-2.0
// The ledger's table `segment`. Internal to the ledger; throws SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <vector>

#include "enforcer/ledger/segment.h"

namespace xenacm::ledger {

// Number of the first record of the segment that is being written.
[[nodiscard]] std::int64_t newest_segment(SQLite::Database& db);
void insert_segment(SQLite::Database& db, std::int64_t first);

// The oldest segment that is in the ledger as a whole; none: there is but the one that is being written.
[[nodiscard]] std::optional<Segment> oldest_segment(SQLite::Database& db);

// Those that are in files, oldest first.
[[nodiscard]] std::vector<Segment> archived_segments(SQLite::Database& db);

// The segment is in a file. Throws where the ledger has other records under these numbers.
void mark_archived(SQLite::Database& db, const Segment& segment);
// Some of the records go that are in files: to remove a whole segment at once would hold up others for seconds.
void drop_archived(SQLite::Database& db);
// Its file may go; checkpoints of its records go, but for the last.
void forget_archived(SQLite::Database& db, const Segment& segment);

}  // namespace xenacm::ledger
