// SPDX-License-Identifier: Apache-2.0
// Signs from time to time where the audit log stands (docs/audit.md, "Checkpoints"). Works on the committer's thread.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/audit/signature.h"
#include "enforcer/ledger/ledger.h"

namespace xenacm::ledger {

class Notary {
 public:
  using Clock = std::chrono::steady_clock;

  struct Settings {
    std::int64_t records = 1000;                           // a checkpoint at least this often,
    std::chrono::milliseconds interval{300'000};           // and this often while there is something to sign
    std::filesystem::path head;                            // file of the newest one
    std::function<void(const std::string&)> witness = {};  // is told each of them, once it is durable
  };

  Notary(audit::SigningKey key, Settings settings);

  // Adds a checkpoint to the batch under way if so many records have come since the last one.
  [[nodiscard]] std::expected<void, Error> attend(Ledger& ledger);
  // Adds one, unless the last record is signed already.
  [[nodiscard]] std::expected<void, Error> sign(Ledger& ledger);

  // What became of the batch. Once it is durable, head and witness are told.
  void committed();
  void rolled_back();

  // The last durable one since the start.
  struct Signed {
    std::int64_t seq = 0;  // 0: there is none
    std::chrono::microseconds time{0};
  };
  [[nodiscard]] const Signed& newest() const { return newest_; }

  // When `sign` falls due, counted from the first look at which there was something to sign: none while everything is
  // signed.
  [[nodiscard]] std::optional<Clock::time_point> due(const Ledger& ledger);

 private:
  audit::SigningKey key_;
  Settings settings_;
  Signed newest_;  // as of the last commit
  Signed last_;    // and of the batch under way
  std::vector<std::string> uncommitted_;
  std::optional<Clock::time_point> due_;
};

}  // namespace xenacm::ledger
