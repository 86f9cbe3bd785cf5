// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/policy_history.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "enforcer/ledger/audit_reader.h"

namespace xenacm::ledger {

namespace {

template <class Read>
auto reading(const std::filesystem::path& file, Read read)
    -> std::expected<decltype(read(std::declval<SQLite::Database&>())), std::string> {
  try {
    SQLite::Database db(file.string(), SQLite::OPEN_READONLY);
    db.setBusyTimeout(5000);
    return read(db);
  } catch (const SQLite::Exception& error) {
    return std::unexpected("policy history in " + file.string() + ": " + error.what());
  }
}

}  // namespace

std::expected<std::vector<PastPolicy>, std::string> PolicyHistory::list() const {
  return reading(file_, [this](SQLite::Database& db) {
    std::vector<PastPolicy> policies;
    SQLite::Statement row(db,
                          "SELECT number, audit AS record, policy.name AS p_name, policy.version AS p_version, "
                          "policy.digest AS p_digest FROM history JOIN policy USING (digest) ORDER BY number");
    while (row.executeStep()) {
      PastPolicy past{row.getColumn("number").getInt64(), row.getColumn("p_name").getString(),
                      row.getColumn("p_version").getString(), row.getColumn("p_digest").getString(), std::nullopt};
      const auto record = AuditReader(file_).read({.seq = row.getColumn("record").getInt64()});
      if (record && !record->empty()) past.set = record->front().record;
      policies.push_back(std::move(past));
    }
    return policies;
  });
}

std::expected<std::vector<PastDocument>, std::string> PolicyHistory::documents() const {
  return reading(file_, [](SQLite::Database& db) {
    std::vector<PastDocument> documents;
    SQLite::Statement row(db, "SELECT document, signature FROM history JOIN policy USING (digest) ORDER BY number");
    while (row.executeStep()) {
      documents.push_back({row.getColumn("document").getString(), row.getColumn("signature").getString()});
    }
    return documents;
  });
}

}  // namespace xenacm::ledger
