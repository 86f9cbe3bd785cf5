// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"
#include "enforcer/audit/number.h"
#include "enforcer/ledger/archive_file.h"
#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/audit_where.h"
#include "enforcer/ledger/segment_table.h"

namespace xenacm::ledger {

namespace {

// How many of SQLite's steps pass between two looks at whether to go on: some milliseconds.
constexpr int kSteps = 100'000;

// Of sqlite3_progress_handler; other than 0 ends what is being read.
int stopped(void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; }

// Records are numbered from 1 on; what somebody put in before them is shown.
constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();

// Lines of archives at once: some megabytes.
constexpr std::int64_t kMostArchived = 2000;

// Of records with whole policies a page of ten thousand would be gigabytes.
constexpr std::size_t kEnough = std::size_t{16} * 1024 * 1024;

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
  } catch (const std::exception& error) {
    return std::unexpected("audit log " + file.string() + ": " + error.what());
  }
}

// Whether nothing else is asked of the records but their numbers.
bool asks_by_number(audit::Filter filter) {
  if (!filter.after && !filter.seq) return false;
  filter.after.reset();
  filter.seq.reset();
  return AuditWhere(filter).clause() == AuditWhere({}).clause();
}

// Some of the ledger's records may be in a file already.
std::int64_t past(const std::vector<Segment>& segments, std::int64_t after) {
  return segments.empty() ? after : std::max(after, segments.back().last);
}

std::vector<audit::Line> of_ledger(SQLite::Database& db, const audit::Filter& filter) {
  const AuditWhere where(filter);
  SQLite::Statement row(db, "SELECT * FROM audit" + where.clause() + " ORDER BY seq " +
                                (filter.after ? "ASC" : "DESC") + " LIMIT " + std::to_string(filter.limit));
  where.bind(row);
  std::vector<audit::Line> records;
  for (std::size_t bytes = 0; bytes < kEnough && row.executeStep();) {
    records.push_back(line_of(row));
    bytes += records.back().record.size();
  }
  if (!filter.after) std::ranges::reverse(records);
  return records;
}

// Those after `after`, at most `limit`.
std::vector<audit::Line> of_archives(const std::vector<Segment>& segments, const std::filesystem::path& folder,
                                     std::int64_t after, std::int64_t limit) {
  std::vector<audit::Line> records;
  for (const Segment& segment : segments) {
    const std::int64_t room = limit - static_cast<std::int64_t>(records.size());
    if (segment.last <= after || room <= 0) continue;
    const auto lines = archived_lines(archive_file(folder, segment), after, static_cast<std::size_t>(room));
    if (!lines) throw std::runtime_error(lines.error());
    // A line that is none is shown as it is: its hash cannot fit.
    for (const std::string& line : *lines) records.push_back(audit::parse_line(line).value_or(audit::Line{line, {}}));
  }
  return records;
}

}  // namespace

std::expected<std::vector<audit::Line>, std::string> AuditReader::read(const audit::Filter& asked) const {
  audit::Filter filter = asked;
  filter.limit = page(filter.limit);
  return over(file_, stopped_, [&](SQLite::Database& db) {
    const SQLite::Transaction one_moment(db);  // what is being archived is in either place
    if (!asks_by_number(filter)) return of_ledger(db, filter);
    const std::int64_t after = filter.seq ? *filter.seq - 1 : *filter.after;
    if (filter.seq) filter.limit = std::min(filter.limit, std::int64_t{1});
    const std::vector<Segment> segments = archived_segments(db);
    std::vector<audit::Line> records = of_archives(segments, folder(), after, std::min(filter.limit, kMostArchived));
    // Where its segment is forgotten, or no record has the number, the next one is not what was asked for.
    if (filter.seq)
      std::erase_if(records, [&](const auto& line) { return audit::number_of(line.record) != filter.seq; });
    if (filter.seq && !records.empty()) return records;
    if (static_cast<std::int64_t>(records.size()) == kMostArchived) return records;  // the rest is another page's
    filter.limit -= static_cast<std::int64_t>(records.size());
    if (filter.after) filter.after = past(segments, *filter.after);
    std::ranges::move(of_ledger(db, filter), std::back_inserter(records));
    return records;
  });
}

std::expected<std::vector<Segment>, std::string> AuditReader::archives() const {
  return over(file_, stopped_, [](SQLite::Database& db) { return archived_segments(db); });
}

std::filesystem::path AuditReader::folder() const { return file_.parent_path() / kArchiveFolder; }

std::expected<AuditReader::Lines, std::string> AuditReader::lines(std::optional<std::int64_t> after,
                                                                  std::int64_t limit) const {
  return over(file_, stopped_, [&](SQLite::Database& db) {
    const SQLite::Transaction one_moment(db);
    const std::vector<Segment> segments = archived_segments(db);
    Lines lines{.text = {}, .last = after.value_or(0)};
    for (const audit::Line& line :
         of_archives(segments, folder(), after.value_or(0), std::min(page(limit), kMostArchived))) {
      lines.text.append(audit::to_text(line)).append("\n");
      lines.last = audit::row_of(line.record).value_or(lines.last + 1);
    }
    if (!lines.text.empty()) return lines;
    SQLite::Statement row(db, "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?");
    row.bind(1, past(segments, after.value_or(kFirst)));
    row.bind(2, page(limit));
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
