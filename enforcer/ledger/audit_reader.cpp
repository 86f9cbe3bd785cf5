// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"
#include "enforcer/audit/number.h"
#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/audit_where.h"

namespace xenacm::ledger {

namespace {

// How many of SQLite's steps pass between two looks at whether to go on: some milliseconds.
constexpr int kSteps = 100'000;

// Of sqlite3_progress_handler; other than 0 ends what is being read.
int stopped(void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; }

// Records are numbered from 1 on; what somebody put in before them is shown.
constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();

std::int64_t page(std::int64_t limit) { return std::clamp(limit, std::int64_t{0}, kMaxAuditPage); }

// What stands there, without what it would take to look like something else: a line break, or another number.
audit::Line exported(SQLite::Statement& row) {
  audit::Line line = line_of(row);
  std::ranges::replace(line.record, '\n', ' ');
  const std::int64_t seq = row.getColumn("seq").getInt64();
  if (audit::number_of(line.record) != seq) line.record = audit::with_row(line.record, seq);
  return line;
}

// Runs `query` on the file, until `stop` is true, with SQLite's exceptions turned into errors that name it.
template <class Query>
auto over(const std::filesystem::path& file, std::atomic<bool>& stop, Query query)
    -> std::expected<decltype(query(std::declval<SQLite::Database&>())), std::string> {
  try {
    SQLite::Database db(file.string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    sqlite3_progress_handler(db.getHandle(), kSteps, stopped, &stop);
    return query(db);
  } catch (const SQLite::Exception& error) {
    return std::unexpected("audit log " + file.string() + ": " + error.what());
  }
}

}  // namespace

std::expected<std::vector<audit::Line>, std::string> AuditReader::read(const audit::Filter& filter) const {
  return over(file_, stopped_, [&](SQLite::Database& db) {
    const AuditWhere where(filter);
    SQLite::Statement row(db, "SELECT * FROM audit" + where.clause() + " ORDER BY seq " +
                                  (filter.after ? "ASC" : "DESC") + " LIMIT " + std::to_string(page(filter.limit)));
    where.bind(row);
    std::vector<audit::Line> records;
    while (row.executeStep()) records.push_back(line_of(row));
    if (!filter.after) std::ranges::reverse(records);
    return records;
  });
}

std::expected<AuditReader::Lines, std::string> AuditReader::lines(std::optional<std::int64_t> after,
                                                                  std::int64_t limit) const {
  return over(file_, stopped_, [&](SQLite::Database& db) {
    constexpr std::size_t kEnough = std::size_t{16} * 1024 * 1024;
    SQLite::Statement row(db, "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
    row.bind(1, after.value_or(kFirst));
    row.bind(2, page(limit));
    Lines lines;
    while (lines.text.size() < kEnough && row.executeStep()) {
      lines.text.append(audit::to_text(exported(row))).append("\n");
      lines.last = row.getColumn("seq").getInt64();
    }
    return lines;
  });
}

std::expected<std::vector<AuditReader::SignedAt>, std::string> AuditReader::checkpoints(
    std::optional<std::int64_t> after, std::int64_t limit) const {
  return over(file_, stopped_, [&](SQLite::Database& db) {
    SQLite::Statement row(db, std::string("SELECT seq, text FROM checkpoint WHERE seq > ? ORDER BY seq ") +
                                  (after ? "ASC" : "DESC") + " LIMIT ?");
    row.bind(1, after.value_or(kFirst));
    row.bind(2, page(limit));
    std::vector<SignedAt> checkpoints;
    while (row.executeStep()) checkpoints.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getString()});
    if (!after) std::ranges::reverse(checkpoints);
    return checkpoints;
  });
}

std::optional<std::string> AuditReader::head() const {
  return audit::contents_of(file_.parent_path() / audit::kHeadFile);
}

}  // namespace xenacm::ledger
