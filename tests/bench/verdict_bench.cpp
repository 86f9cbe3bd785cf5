// SPDX-License-Identifier: Apache-2.0
// A verdict with its audit record on the disk, beside one durable commit of SQLite. Threads are clients.
#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>

#include <future>
#include <stdexcept>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/ledger/committer.h"
#include "tests/bench/each_timed.h"
#include "tests/bench/host.h"

namespace xenacm::bench {
namespace {

using namespace monitor;

// On a disk, where /tmp may be in memory.
class Folder {
 public:
  Folder() {
    spdlog::set_level(spdlog::level::off);  // it says what it makes on standard output, which is the benchmark's
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder in /var/tmp");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/var/tmp/xenacm-bench.XXXXXX";
};

// Signing as the daemon does. The state is the host's, for what is decided; the ledger's own is a new one.
class Bed {
 public:
  Bed()
      : committer_(ledger::Ledger::open(folder_.file("state")).value(), host({}), {},
                   ledger::Notary(audit::SigningKey::make(), {.head = folder_.file("head")})) {}

  // A link that is refused: a record, and nothing else.
  void ask() {
    std::promise<Reply> answer;
    committer_.submit(AttachLink{{"vif", DomId(1), DomId(2), 0}, {}, {}}, {.via = "gate"},
                      [&](const Reply& reply) { answer.set_value(reply); });
    const Reply reply = answer.get_future().get();
    if (!reply || reply->decision != Decision::deny || reply->reasons.front().rule != Rule::ste) {
      throw std::runtime_error("not the verdict that is to be measured");
    }
  }

 private:
  Folder folder_;
  ledger::Committer committer_;
};

void verdict(benchmark::State& run) {
  static Bed bed;
  each_timed(run, [&] { bed.ask(); });
}
BENCHMARK(verdict)->Threads(1)->Threads(64)->UseRealTime();

void verdict_sqlite(benchmark::State& run) {
  const Folder folder;
  SQLite::Database db(folder.file("db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE log (seq INTEGER PRIMARY KEY, record TEXT NOT NULL, hash BLOB NOT NULL) STRICT");
  SQLite::Statement insert(db, "INSERT INTO log (record, hash) VALUES (?, zeroblob(32))");
  const std::string record(1'000, 'r');
  each_timed(run, [&] {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    insert.bindNoCopy(1, record);
    insert.exec();
    insert.reset();
    transaction.commit();
  });
}
BENCHMARK(verdict_sqlite)->UseRealTime();

}  // namespace
}  // namespace xenacm::bench
