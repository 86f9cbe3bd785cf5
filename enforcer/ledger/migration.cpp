// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/migration.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "enforcer/audit/notes.h"
#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/ledger_sql.h"
#include "enforcer/ledger/recording.h"
#include "enforcer/ledger/rows.h"

namespace xenacm::ledger {

namespace {

constexpr int kSchemaVersion = 4;

// State tables only: the audit log may hold millions of records, and has a check of its own.
void verify(SQLite::Database& db) {
  for (const char* table : {"policy", "enforced", "history", "binding", "resource", "vif_label", "running", "link",
                            "link_resource", "mode", "segment"}) {
    SQLite::Statement check(db, std::string("PRAGMA quick_check('") + table + "')");
    check.executeStep();
    const std::string answer = check.getColumn(0).getString();
    if (answer != "ok") throw SQLite::Exception("table " + std::string(table) + ": " + answer);
  }
}

void create(SQLite::Database& db) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  db.exec(kLedgerSql);
  const monitor::State initial = monitor::initial_state();
  write_changes(db, {monitor::PutPolicy{std::make_shared<const policy::Compiled>(initial.policy()),
                                        std::make_shared<const std::string>(initial.document())},
                     monitor::PutRunning{initial.domain0()}, monitor::PutMode{"", initial.mode()}});
  transaction.commit();
  spdlog::warn("a new ledger was made: policy DEFAULT, mode permissive; nothing is enforced until it is told to be");
}

void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!synced) throw std::system_error(error, std::generic_category(), folder.string());
}

// The records so far do not hold the requests that led to this state: replays begin here.
void append_snapshot(SQLite::Database& db) {
  const auto state = read_state(db);
  if (!state) throw std::runtime_error(state.error());
  const monitor::Caller self{.via = std::string(audit::kOwnVoice),
                             .uid = ::getuid(),
                             .gid = ::getgid(),
                             .pid = ::getpid(),
                             .executable = "acm-enforcerd"};
  (void)append_audit(db, read_tip(db), snapshot_of(*state, self));
}

// A ledger of an earlier version keeps all it has; one that is damaged stays as it is.
void migrate(SQLite::Database& db, int version) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  if (version < 2) db.exec(kLedger1To2Sql);
  if (version < 3) db.exec(kLedger2To3Sql);
  if (version < 4) {
    db.exec(kLedger3To4Sql);
    adopt_audit_3(db);
    append_snapshot(db);
  }
  verify(db);
  transaction.commit();
  spdlog::info("the ledger was brought from schema version {} to {}", version, kSchemaVersion);
}

}  // namespace

// Under another name until it is whole: a start that dies leaves no ledger rather than an empty one.
void make(const std::filesystem::path& file) {
  const std::filesystem::path draft = file.string() + ".new";
  for (const char* of_an_earlier_start : {"", "-journal"})
    std::filesystem::remove(draft.string() + of_an_earlier_start);
  // Where the ledger alone was removed, its log must not be taken for the new one's.
  for (const char* of_an_earlier_ledger : {"-wal", "-shm"})
    std::filesystem::remove(file.string() + of_an_earlier_ledger);
  sync_folder(file.parent_path());
  {
    SQLite::Database db(draft.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    std::filesystem::permissions(draft, std::filesystem::perms(0600));
    create(db);
  }
  std::filesystem::rename(draft, file);
  sync_folder(file.parent_path());
}

void prepare(SQLite::Database& db) {
  db.setBusyTimeout(5000);
  db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
  const int version = db.execAndGet("PRAGMA user_version").getInt();
  if (version > 0 && version < kSchemaVersion) {
    migrate(db, version);
  } else if (version == kSchemaVersion) {
    verify(db);
  } else {
    throw std::runtime_error("its schema version is " + std::to_string(version) + ", this program knows " +
                             std::to_string(kSchemaVersion) + "; use the program that wrote it, or a newer one");
  }
  // INVARIANT: of what is not sound nothing was written so far.
  db.exec("PRAGMA journal_mode = WAL");
}

}  // namespace xenacm::ledger
