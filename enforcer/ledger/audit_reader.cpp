// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>

#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/audit_where.h"

namespace xenacm::ledger {

namespace {

// How many of SQLite's steps pass between two looks at whether to go on: some milliseconds.
constexpr int kSteps = 100'000;

// Of sqlite3_progress_handler; other than 0 ends what is being read.
int stopped(void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; }

}  // namespace

std::expected<std::vector<audit::Line>, std::string> AuditReader::read(const audit::Filter& filter) const {
  try {
    SQLite::Database db(file_.string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    sqlite3_progress_handler(db.getHandle(), kSteps, stopped, &stopped_);
    const AuditWhere where(filter);
    SQLite::Statement row(db, "SELECT * FROM audit" + where.clause() + " ORDER BY seq " +
                                  (filter.after ? "ASC" : "DESC") + " LIMIT " +
                                  std::to_string(std::clamp(filter.limit, std::int64_t{0}, kMaxAuditPage)));
    where.bind(row);
    std::vector<audit::Line> records;
    while (row.executeStep()) records.push_back(line_of(row));
    if (!filter.after) std::ranges::reverse(records);
    return records;
  } catch (const SQLite::Exception& error) {
    return std::unexpected("audit log " + file_.string() + ": " + error.what());
  }
}

}  // namespace xenacm::ledger
