// SPDX-License-Identifier: Apache-2.0
// The memory of the monitor: one SQLite file in the state directory (schemas/ledger.sql).
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "enforcer/audit/record.h"
#include "enforcer/ledger/segment.h"
#include "enforcer/ledger/tip.h"
#include "enforcer/monitor/state.h"

namespace xenacm::ledger {

inline constexpr const char* kLedgerFile = "ledger.db";

// Errors are sentences that name the file and the way out.
using Error = std::string;

// One owner at a time: a second one on the same state directory is refused, with the first one's pid.
class Ledger {
 public:
  // Opens the ledger of `state_dir`, makes it (under the DEFAULT policy) if there is none, and verifies its state
  // tables.
  [[nodiscard]] static std::expected<Ledger, Error> open(const std::filesystem::path& state_dir);

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  // The state as of the last commit.
  [[nodiscard]] std::expected<monitor::State, Error> load() const;

  // A batch is durable as a whole, once `commit` has returned a value, or not at all. After an error of any of these
  // only `rollback` may follow.
  [[nodiscard]] std::expected<void, Error> begin();
  [[nodiscard]] std::expected<void, Error> write(const monitor::Delta& delta);
  [[nodiscard]] std::expected<void, Error> append(const audit::Record& record);  // gives it its number
  [[nodiscard]] std::expected<void, Error> add_checkpoint(std::int64_t seq, const std::string& text);
  [[nodiscard]] std::expected<void, Error> begin_segment();  // with the record that was appended last
  [[nodiscard]] std::expected<void, Error> mark_archived(const Segment& segment);
  [[nodiscard]] std::expected<void, Error> drop_archived();  // some of the records that are in files
  [[nodiscard]] std::expected<void, Error> forget_archived(const Segment& segment);
  [[nodiscard]] std::expected<void, Error> commit();
  void rollback();

  // The last record, of the batch under way or of the last commit.
  [[nodiscard]] const Tip& tip() const;
  // The next record follows one that is not here any more. Not within a batch.
  void go_on_after(const Tip& tip);

  // How the audit log ends, as far as that can be told without reading all of it.
  struct End {
    std::string fault;                      // of the last record; empty: it is as it was written
    std::optional<std::string> checkpoint;  // the newest one
  };
  [[nodiscard]] std::expected<End, Error> end() const;
  [[nodiscard]] std::expected<std::optional<audit::Hash>, Error> hash_of(std::int64_t seq) const;
  // The number of the first record of the segment that is being written.
  [[nodiscard]] std::int64_t segment() const;

 private:
  struct Store;
  explicit Ledger(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
};

}  // namespace xenacm::ledger
