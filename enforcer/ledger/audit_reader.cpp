// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>

#include "enforcer/ledger/audit_table.h"

namespace xenacm::ledger {

namespace {

std::string where(const AuditFilter& filter) {
  std::string clause = " WHERE 1";
  // As the index audit_refused has it.
  if (filter.refused) {
    clause += R"( AND (instr(record, '"decision":"deny"') OR instr(record, '"decision":"would-deny"')))";
  }
  if (filter.after) clause += " AND seq > " + std::to_string(*filter.after);
  if (filter.seq) clause += " AND seq = " + std::to_string(*filter.seq);
  return clause;
}

}  // namespace

std::expected<std::vector<audit::Line>, std::string> AuditReader::read(const AuditFilter& filter) const {
  try {
    SQLite::Database db(file_.string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    SQLite::Statement row(db, "SELECT * FROM audit" + where(filter) + " ORDER BY seq " +
                                  (filter.after ? "ASC" : "DESC") + " LIMIT " +
                                  std::to_string(std::clamp(filter.limit, std::int64_t{0}, kMaxAuditPage)));
    std::vector<audit::Line> records;
    while (row.executeStep()) records.push_back(line_of(row));
    if (!filter.after) std::ranges::reverse(records);
    return records;
  } catch (const SQLite::Exception& error) {
    return std::unexpected("audit log " + file_.string() + ": " + error.what());
  }
}

}  // namespace xenacm::ledger
