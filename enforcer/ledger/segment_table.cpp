// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/segment_table.h"

#include "enforcer/ledger/audit_table.h"

namespace xenacm::ledger {

std::int64_t newest_segment(SQLite::Database& db) {
  return db.execAndGet("SELECT coalesce((SELECT max(first) FROM segment), (SELECT min(seq) FROM audit), 1)").getInt64();
}

void insert_segment(SQLite::Database& db, std::int64_t first) {
  SQLite::Statement insert(db, "INSERT INTO segment (first) VALUES (?)");
  insert.bind(1, first);
  insert.exec();
}

std::optional<Segment> oldest_segment(SQLite::Database& db) {
  SQLite::Statement row(db,
                        "WITH oldest AS (SELECT min(seq) AS first FROM audit WHERE seq > "
                        "coalesce((SELECT max(last) FROM segment), 0)) "
                        "SELECT oldest.first AS first, seq AS last, hash FROM audit, oldest WHERE seq < "
                        "(SELECT min(first) FROM segment WHERE first > oldest.first) ORDER BY seq DESC LIMIT 1");
  if (!row.executeStep()) return std::nullopt;
  return Segment{row.getColumn("first").getInt64(), row.getColumn("last").getInt64(), hash_of(row)};
}

std::vector<Segment> archived_segments(SQLite::Database& db) {
  std::vector<Segment> segments;
  SQLite::Statement row(db, "SELECT first, last, hash FROM segment WHERE last IS NOT NULL ORDER BY first");
  while (row.executeStep()) {
    segments.push_back({row.getColumn("first").getInt64(), row.getColumn("last").getInt64(), hash_of(row)});
  }
  return segments;
}

void mark_archived(SQLite::Database& db, const Segment& segment) {
  SQLite::Statement last(db, "SELECT hash FROM audit WHERE seq = ?");
  last.bind(1, segment.last);
  if (!last.executeStep() || hash_of(last) != segment.hash) {
    throw SQLite::Exception("record " + std::to_string(segment.last) + " is not the one that was archived");
  }
  last.reset();
  SQLite::Statement mark(db,
                         "INSERT INTO segment (first, last, hash) VALUES (?, ?, ?) "
                         "ON CONFLICT (first) DO UPDATE SET last = excluded.last, hash = excluded.hash");
  mark.bind(1, segment.first);
  mark.bind(2, segment.last);
  mark.bindNoCopy(3, segment.hash.data(), static_cast<int>(segment.hash.size()));
  mark.exec();
}

void drop_archived(SQLite::Database& db) {
  db.exec("DELETE FROM audit WHERE seq <= min((SELECT max(last) FROM segment), (SELECT min(seq) FROM audit) + 1999)");
}

void forget_archived(SQLite::Database& db, const Segment& segment) {
  SQLite::Statement remove(db, "DELETE FROM segment WHERE first = ? AND last IS NOT NULL");
  remove.bind(1, segment.first);
  remove.exec();
  // Their records are gone. The last one stays: what follows can be verified behind it.
  SQLite::Statement prune(db, "DELETE FROM checkpoint WHERE seq < ?");
  prune.bind(1, segment.last);
  prune.exec();
}

}  // namespace xenacm::ledger
