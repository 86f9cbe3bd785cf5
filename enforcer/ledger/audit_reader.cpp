// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "enforcer/ledger/rows.h"

namespace xenacm::ledger {

namespace {

std::string where(const AuditFilter& filter) {
  std::string clause = " WHERE 1";
  if (filter.refused) clause += " AND decision IN ('deny', 'would-deny')";
  if (filter.after) clause += " AND seq > " + std::to_string(*filter.after);
  if (filter.seq) clause += " AND seq = " + std::to_string(*filter.seq);
  return clause;
}

}  // namespace

std::expected<std::vector<AuditRecord>, std::string> AuditReader::read(const AuditFilter& filter) const {
  try {
    SQLite::Database db(file_.string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    SQLite::Statement row(db, "SELECT * FROM audit" + where(filter) + " ORDER BY seq " +
                                  (filter.after ? "ASC" : "DESC") + " LIMIT " +
                                  std::to_string(std::clamp(filter.limit, std::int64_t{0}, kMaxAuditPage)));
    std::vector<AuditRecord> records;
    while (row.executeStep()) records.push_back(read_audit(row));
    if (!filter.after) std::ranges::reverse(records);
    return records;
  } catch (const SQLite::Exception& error) {
    return std::unexpected("audit log " + file_.string() + ": " + error.what());
  }
}

nlohmann::json to_json(const AuditRecord& record) {
  return {{"seq", record.seq},
          {"time", record.time.count()},
          {"action", record.what.action},
          {"subject", record.what.subject},
          {"object", record.what.object},
          {"decision", record.decision},
          {"rule", record.rule},
          {"message", record.message},
          {"reasons", nlohmann::json::parse(record.reasons, nullptr, false)},
          {"mode", record.mode},
          {"policy", {{"name", record.policy}, {"version", record.version}, {"digest", record.digest}}},
          {"via", record.who.via},
          {"uid", record.who.uid},
          {"gid", record.who.gid},
          {"pid", record.who.pid},
          {"executable", record.who.executable},
          {"latency_us", record.latency.count()}};
}

}  // namespace xenacm::ledger
