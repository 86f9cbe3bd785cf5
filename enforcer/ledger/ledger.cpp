// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "enforcer/ledger/ledger_sql.h"
#include "enforcer/ledger/lock_file.h"
#include "enforcer/ledger/rows.h"

namespace xenacm::ledger {

namespace {

constexpr int kSchemaVersion = 3;

// State tables only: the audit log may hold millions of records, and has a check of its own.
void verify(SQLite::Database& db) {
  for (const char* table : {"policy", "enforced", "history", "binding", "resource", "vif_label", "running", "link",
                            "link_resource", "mode"}) {
    SQLite::Statement check(db, std::string("PRAGMA quick_check('") + table + "')");
    check.executeStep();
    const std::string answer = check.getColumn(0).getString();
    if (answer != "ok") throw SQLite::Exception("table " + std::string(table) + ": " + answer);
  }
}

void create(SQLite::Database& db) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  db.exec(kLedgerSql);
  const auto document = std::make_shared<const std::string>(policy::default_document());
  const auto compiled = std::make_shared<const policy::Compiled>(*policy::compile_document(*document));
  const monitor::State initial(compiled, document);
  write_changes(db, {monitor::PutPolicy{compiled, document}, monitor::PutRunning{initial.domain0()},
                     monitor::PutMode{"", initial.mode()}});
  transaction.commit();
  spdlog::warn("a new ledger was made: policy DEFAULT, mode permissive; nothing is enforced until it is told to be");
}

// A ledger of an earlier version keeps all it has.
void migrate(SQLite::Database& db, int version) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  if (version < 2) db.exec(kLedger1To2Sql);
  if (version < 3) db.exec(kLedger2To3Sql);
  transaction.commit();
  spdlog::info("the ledger was brought from schema version {} to {}", version, kSchemaVersion);
}

void prepare(SQLite::Database& db) {
  db.setBusyTimeout(5000);
  db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
  const int version = db.execAndGet("PRAGMA user_version").getInt();
  if (version == 0) {
    create(db);
  } else if (version > 0 && version < kSchemaVersion) {
    migrate(db, version);
  } else if (version != kSchemaVersion) {
    throw std::runtime_error("its schema version is " + std::to_string(version) + ", this program knows " +
                             std::to_string(kSchemaVersion) + "; use the program that wrote it, or a newer one");
  }
  verify(db);
}

std::string trouble(const std::filesystem::path& file, const SQLite::Exception& error) {
  std::string text = "ledger " + file.string() + ": " + error.what();
  const int code = error.getErrorCode();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == -1) {
    text += ". Nothing was changed. Keep a copy of the file; restore a backup, or move it away to begin anew";
  }
  return text;
}

}  // namespace

struct Ledger::Store {
  LockFile lock;
  std::filesystem::path file;
  SQLite::Database db;
  std::unique_ptr<SQLite::Transaction> batch;

  // Runs `work`, with SQLite's exceptions turned into errors that name the file.
  template <class Work>
  std::expected<void, Error> guarded(Work work) {
    try {
      work();
      return {};
    } catch (const SQLite::Exception& error) {
      return std::unexpected(trouble(file, error));
    }
  }
};

Ledger::Ledger(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

std::expected<Ledger, Error> Ledger::open(const std::filesystem::path& state_dir) {
  std::error_code failure;
  std::filesystem::create_directories(state_dir, failure);
  if (failure)
    return std::unexpected("cannot create the state directory " + state_dir.string() + ": " + failure.message());
  auto lock = LockFile::acquire(state_dir / "lock");
  if (!lock) return std::unexpected(std::move(lock.error()));
  const std::filesystem::path file = state_dir / kLedgerFile;
  if (std::filesystem::exists(file, failure) && std::filesystem::file_size(file, failure) == 0) {
    return std::unexpected("ledger " + file.string() + " is empty. Restore a backup, or remove it to begin anew");
  }
  try {
    auto store = std::make_unique<Store>(
        std::move(*lock), file, SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE), nullptr);
    std::filesystem::permissions(file, std::filesystem::perms(0600), failure);  // SQLite's other files follow it
    prepare(store->db);
    return Ledger(std::move(store));
  } catch (const SQLite::Exception& error) {
    return std::unexpected(trouble(file, error));
  } catch (const std::exception& error) {
    return std::unexpected("ledger " + file.string() + ": " + error.what());
  }
}

std::expected<monitor::State, Error> Ledger::load() const {
  try {
    auto state = read_state(store_->db);
    if (!state) return std::unexpected("ledger " + store_->file.string() + ": " + state.error());
    return std::move(*state);
  } catch (const SQLite::Exception& error) {
    return std::unexpected(trouble(store_->file, error));
  } catch (const std::exception& error) {
    return std::unexpected("ledger " + store_->file.string() + ": " + error.what());
  }
}

std::expected<void, Error> Ledger::begin() {
  return store_->guarded([&] {
    store_->batch = std::make_unique<SQLite::Transaction>(store_->db, SQLite::TransactionBehavior::IMMEDIATE);
  });
}

std::expected<void, Error> Ledger::write(const monitor::Delta& delta) {
  return store_->guarded([&] { write_changes(store_->db, delta); });
}

std::expected<void, Error> Ledger::append(const AuditRecord& record) {
  return store_->guarded([&] { append_audit(store_->db, record); });
}

std::expected<void, Error> Ledger::commit() {
  return store_->guarded([&] {
    store_->batch->commit();
    store_->batch.reset();
  });
}

void Ledger::rollback() { store_->batch.reset(); }

}  // namespace xenacm::ledger
