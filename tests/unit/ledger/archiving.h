// SPDX-License-Identifier: Apache-2.0
// A committer and its archivist, wired as in the daemon.
#pragma once

#include <atomic>
#include <memory>

#include "enforcer/ledger/archivist.h"
#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/segment_table.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {

class Archiving {
 public:
  Archiving(const Scratch& scratch, const ArchiveOptions& options) : scratch_(scratch), options_(options) {
    go_on();
    CommitterOptions committer;
    committer.segment_records = options.segment_records;
    committer.committed = [this](std::int64_t last) {
      last_ = last;
      if (archivist_ != nullptr) archivist_->wake(last);
    };
    committer_ = scratch.committer(std::move(committer));
    archivist_->start();
    (void)ask(*committer_, mytest());
  }
  ~Archiving() {
    archivist_->stop();
    committer_.reset();
  }
  Archiving(const Archiving&) = delete;
  Archiving& operator=(const Archiving&) = delete;

  void label(int count) {
    for (int i = 0; i < count; ++i) {
      (void)ask(*committer_, ledger::label("d" + std::to_string(++labelled_), "A-Bank"));
    }
  }
  void stop() { archivist_->stop(); }
  void go_on() {
    archivist_ = std::make_unique<Archivist>(
        options_, scratch_.file(),
        Archivist::Changes{
            .archived = [this](const Segment& segment, auto done) { committer_->archived(segment, std::move(done)); },
            .dropped = [this](auto done) { committer_->drop_archived(std::move(done)); },
            .forgotten = [this](const Segment& segment, auto done) { committer_->forget(segment, std::move(done)); }});
    if (committer_ != nullptr) {
      archivist_->start();
      archivist_->wake(last_);
    }
  }

  // Whether nothing is left to archive, before long.
  [[nodiscard]] bool settles() {
    return wait_until([&] {
             SQLite::Database db(scratch_.file().string(), SQLite::OPEN_READONLY);
             db.setBusyTimeout(5000);
             const auto oldest = oldest_segment(db);
             const auto archived = archived_segments(db);
             const bool dropped =
                 archived.empty() || db.execAndGet("SELECT min(seq) FROM audit").getInt64() > archived.back().last;
             const bool few =
                 options_.keep_archives == 0 || static_cast<std::int64_t>(archived.size()) <= options_.keep_archives;
             return dropped && few && (!oldest || read_tip(db).seq - oldest->last < options_.keep_records);
           }) &&
           wait_until(
               [&] { return options_.keep_archives == 0 || archivist_->told().archives <= options_.keep_archives; });
  }

  [[nodiscard]] const Archivist& archivist() const { return *archivist_; }
  [[nodiscard]] Committer& committer() { return *committer_; }

 private:
  const Scratch& scratch_;
  ArchiveOptions options_;
  std::atomic<std::int64_t> last_ = 0;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Archivist> archivist_;
  int labelled_ = 0;
};

}  // namespace xenacm::ledger
