// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/lock_file.h"
#include "enforcer/ledger/migration.h"
#include "enforcer/ledger/rows.h"
#include "enforcer/ledger/segment_table.h"

namespace xenacm::ledger {

namespace {

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
  Tip tip;                   // of the batch under way
  Tip committed;             // as of the last commit
  std::int64_t segment = 1;  // the same two of the number with which the present segment begins
  std::int64_t committed_segment = 1;
  std::unique_ptr<SQLite::Transaction> batch;
  bool in_doubt = false;  // an error came of the last commit: perhaps it is durable all the same

  // A rollback may fail, too: SQLite is then still within the batch, and would show it as if it were committed.
  void leave_batch() {
    if (batch == nullptr && sqlite3_get_autocommit(db.getHandle()) == 0) db.exec("ROLLBACK");
  }

  void learn_what_is_committed() {
    if (!in_doubt) return;
    const Tip there = read_tip(db);
    const std::int64_t newest = newest_segment(db);
    if (there.seq > committed.seq) {
      tip = committed = there;
      segment = committed_segment = newest;
    }
    in_doubt = false;
  }

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
  const bool exists = std::filesystem::exists(file, failure);
  if (exists && std::filesystem::file_size(file, failure) == 0) {
    return std::unexpected("ledger " + file.string() + " is empty. Restore a backup, or remove it to begin anew");
  }
  try {
    if (!exists) make(file);
    auto store =
        std::make_unique<Store>(std::move(*lock), file, SQLite::Database(file.string(), SQLite::OPEN_READWRITE), Tip{},
                                Tip{}, 1, 1, nullptr, false);
    std::filesystem::permissions(file, std::filesystem::perms(0600), failure);  // SQLite's other files follow it
    prepare(store->db);
    store->tip = store->committed = read_tip(store->db);
    store->segment = store->committed_segment = newest_segment(store->db);
    return Ledger(std::move(store));
  } catch (const SQLite::Exception& error) {
    return std::unexpected(trouble(file, error));
  } catch (const std::exception& error) {
    return std::unexpected("ledger " + file.string() + ": " + error.what());
  }
}

std::expected<monitor::State, Error> Ledger::load() const {
  try {
    store_->leave_batch();
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
    store_->leave_batch();
    store_->learn_what_is_committed();
    store_->batch = std::make_unique<SQLite::Transaction>(store_->db, SQLite::TransactionBehavior::IMMEDIATE);
  });
}

std::expected<void, Error> Ledger::write(const monitor::Delta& delta) {
  return store_->guarded([&] { write_changes(store_->db, delta); });
}

std::expected<void, Error> Ledger::append(const audit::Record& record) {
  return store_->guarded([&] { store_->tip = append_audit(store_->db, store_->tip, record); });
}

std::expected<void, Error> Ledger::add_checkpoint(std::int64_t seq, const std::string& text) {
  return store_->guarded([&] { insert_checkpoint(store_->db, seq, text); });
}

std::expected<void, Error> Ledger::begin_segment() {
  return store_->guarded([&] {
    insert_segment(store_->db, store_->tip.seq);
    store_->segment = store_->tip.seq;
  });
}

std::expected<void, Error> Ledger::mark_archived(const Segment& segment) {
  return store_->guarded([&] { ledger::mark_archived(store_->db, segment); });
}

std::expected<void, Error> Ledger::drop_archived() {
  return store_->guarded([&] { ledger::drop_archived(store_->db); });
}

std::expected<void, Error> Ledger::forget_archived(const Segment& segment) {
  return store_->guarded([&] { ledger::forget_archived(store_->db, segment); });
}

std::expected<void, Error> Ledger::commit() {
  return store_->guarded([&] {
    store_->in_doubt = true;
    store_->batch->commit();
    store_->in_doubt = false;
    store_->batch.reset();
    store_->committed = store_->tip;
    store_->committed_segment = store_->segment;
  });
}

void Ledger::rollback() {
  store_->batch.reset();
  store_->tip = store_->committed;
  store_->segment = store_->committed_segment;
}

const Tip& Ledger::tip() const { return store_->tip; }

void Ledger::go_on_after(const Tip& tip) { store_->tip = store_->committed = tip; }

std::expected<Ledger::End, Error> Ledger::end() const {
  End end;
  auto read = store_->guarded([&] { end = {fault_of_last(store_->db), newest_checkpoint(store_->db)}; });
  if (!read) return std::unexpected(std::move(read.error()));
  return end;
}

std::expected<std::optional<audit::Hash>, Error> Ledger::hash_of(std::int64_t seq) const {
  std::optional<audit::Hash> hash;
  auto read = store_->guarded([&] { hash = hash_of_record(store_->db, seq); });
  if (!read) return std::unexpected(std::move(read.error()));
  return hash;
}
std::int64_t Ledger::segment() const { return store_->segment; }

}  // namespace xenacm::ledger
