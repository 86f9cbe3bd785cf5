// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_table.h"

#include <algorithm>
#include <span>

#include "enforcer/audit/number.h"
#include "enforcer/ledger/column.h"

namespace xenacm::ledger {

namespace {

audit::Record record_of_schema_3(SQLite::Statement& row) {
  audit::Record record;
  record.time = std::chrono::microseconds(row.getColumn("time").getInt64());
  record.what = {.action = text_column(row, "action"),
                 .subject = text_column(row, "subject"),
                 .object = text_column(row, "object")};
  record.decision = text_column(row, "decision");
  record.rule = text_column(row, "rule");
  record.message = text_column(row, "message");
  record.reasons = text_column(row, "reasons");
  record.mode = text_column(row, "mode");
  record.policy = text_column(row, "policy");
  record.version = text_column(row, "version");
  record.digest = text_column(row, "digest");
  record.who = {.via = text_column(row, "via"),
                .uid = row.getColumn("uid").getUInt(),
                .gid = row.getColumn("gid").getUInt(),
                .pid = row.getColumn("pid").getInt(),
                .executable = text_column(row, "executable")};
  record.who.toolstack = audit::toolstack_of(record.who.executable);
  record.latency = std::chrono::microseconds(row.getColumn("latency").getInt64());
  return record;
}

}  // namespace

audit::Hash hash_of(SQLite::Statement& row) {
  const SQLite::Column column = row.getColumn("hash");
  audit::Hash hash{};
  const std::span bytes(static_cast<const std::uint8_t*>(column.getBlob()),
                        static_cast<std::size_t>(column.getBytes()));
  std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
  return hash;
}

Tip read_tip(SQLite::Database& db) {
  SQLite::Statement row(db, "SELECT * FROM audit ORDER BY seq DESC LIMIT 1");
  if (!row.executeStep()) return {};
  return {row.getColumn("seq").getInt64(), hash_of(row)};
}

Tip append_audit(SQLite::Database& db, const Tip& tip, audit::Record record) {
  record.seq = tip.seq + 1;
  const std::string text = audit::text_of(record);
  const Tip next{record.seq, audit::next_hash(tip.hash, text)};
  SQLite::Statement statement(db, "INSERT INTO audit (seq, record, hash) VALUES (?, ?, ?)");
  statement.bind(1, next.seq);
  statement.bindNoCopy(2, text);
  statement.bindNoCopy(3, next.hash.data(), static_cast<int>(next.hash.size()));
  statement.exec();
  return next;
}

audit::Line line_of(SQLite::Statement& row) { return {text_column(row, "record"), hash_of(row)}; }

std::string fault_of_last(SQLite::Database& db) {
  SQLite::Statement row(db, "SELECT * FROM audit ORDER BY seq DESC LIMIT 2");
  if (!row.executeStep()) return {};
  const std::int64_t seq = row.getColumn("seq").getInt64();
  const audit::Line last = line_of(row);
  const bool has_other_number = audit::number_of(last.record) != seq;
  Tip before;
  if (row.executeStep()) before = {row.getColumn("seq").getInt64(), hash_of(row)};
  // After a gap there is nothing that it could be held against.
  const bool is_joined = before.seq != seq - 1 || audit::next_hash(before.hash, last.record) == last.hash;
  if (is_joined && !has_other_number) return {};
  return "record " + std::to_string(seq) + ", the last one, does not fit its hash: it was changed";
}

std::optional<audit::Hash> hash_of_record(SQLite::Database& db, std::int64_t seq) {
  SQLite::Statement row(db, "SELECT hash FROM audit WHERE seq = ?");
  row.bind(1, seq);
  if (!row.executeStep()) return std::nullopt;
  return hash_of(row);
}

std::optional<std::string> newest_checkpoint(SQLite::Database& db) {
  SQLite::Statement row(db, "SELECT text FROM checkpoint ORDER BY seq DESC LIMIT 1");
  if (!row.executeStep()) return std::nullopt;
  return text_column(row, "text");
}

void insert_checkpoint(SQLite::Database& db, std::int64_t seq, const std::string& text) {
  SQLite::Statement statement(db, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)");
  statement.bind(1, seq);
  statement.bindNoCopy(2, text);
  statement.exec();
}

void adopt_audit_3(SQLite::Database& db) {
  {
    Tip tip;
    SQLite::Statement row(db, "SELECT * FROM audit_3 ORDER BY seq");
    while (row.executeStep()) {
      tip.seq = row.getColumn("seq").getInt64() - 1;  // the numbers stay, with their gaps if there are any
      tip = append_audit(db, tip, record_of_schema_3(row));
    }
  }
  db.exec("DROP TABLE audit_3");
}

}  // namespace xenacm::ledger
