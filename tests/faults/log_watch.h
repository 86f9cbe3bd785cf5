// SPDX-License-Identifier: Apache-2.0
// Follows a ledger from its first record on and says what of it cannot be: the log and the state must tell the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "enforcer/audit/record.h"
#include "enforcer/audit/replay.h"
#include "enforcer/ledger/tip.h"
#include "enforcer/monitor/state.h"

namespace xenacm::faults {

// What of two states differs; empty: nothing. Tickets, which no ledger has, are left out.
[[nodiscard]] std::string difference(const monitor::State& a, const monitor::State& b);

// What of the counts does not equal a recount over what runs and waits; empty: nothing.
[[nodiscard]] std::string miscount(const monitor::State& state);

class LogWatch {
 public:
  explicit LogWatch(std::filesystem::path ledger_file) : file_(std::move(ledger_file)) {}

  // Reads what has come since the last look: the hashes are chained, each verdict follows from the records before it,
  // and the rows of the state are what the log leads to. The first that is not so, or nothing.
  [[nodiscard]] std::string look();

  // Holds all of it against the checkpoints of the ledger and against the head beside it. What does not fit, or
  // nothing.
  [[nodiscard]] std::string verify() const;

  // As of the last look.
  [[nodiscard]] std::int64_t last() const { return tip_.seq; }
  [[nodiscard]] const monitor::State& state() const { return *replay_.state(); }
  [[nodiscard]] const std::vector<audit::Record>& news() const { return news_; }  // that it found
  [[nodiscard]] std::int64_t derived() const { return replay_.derived(); }        // verdicts

 private:
  [[nodiscard]] std::string follow();
  [[nodiscard]] std::string compare_rows() const;

  std::filesystem::path file_;
  ledger::Tip tip_;
  audit::Replay replay_;
  std::vector<audit::Record> news_;
};

}  // namespace xenacm::faults
