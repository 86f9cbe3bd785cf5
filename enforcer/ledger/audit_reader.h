// SPDX-License-Identifier: Apache-2.0
// Reads the audit log beside the daemon that writes it, over a connection of its own: a long review holds up no
// verdict. Records that were archived are read from their files, where they are asked for by number alone; the
// newest, and those that fit a filter, are those of the ledger.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/filter.h"
#include "enforcer/ledger/segment.h"

namespace xenacm::ledger {

inline constexpr std::int64_t kMaxAuditPage = 10'000;

class AuditReader {
 public:
  explicit AuditReader(std::filesystem::path ledger_file) : file_(std::move(ledger_file)) {}

  // Every reading ends at once, with an error. May be called by any thread.
  void stop() { stopped_ = true; }

  // In ascending order of seq; fewer than there are, where they are long: empty if there are none. The error names the
  // file. Where a filter looks into the records, all are read that could fit: of a long log that takes seconds, and
  // `stop` ends it.
  [[nodiscard]] std::expected<std::vector<audit::Line>, std::string> read(const audit::Filter& filter) const;

  struct Lines {
    std::string text;       // empty: there are no more
    std::int64_t last = 0;  // row that the last of them stands in
  };
  // Exported lines, as they stand in the ledger, of the records after `after`, or from the first on: at most `limit`,
  // and no more than some megabytes.
  [[nodiscard]] std::expected<Lines, std::string> lines(std::optional<std::int64_t> after, std::int64_t limit) const;

  struct SignedAt {
    std::int64_t seq = 0;
    std::string text;
  };
  // The checkpoints after `after`, or the newest; in ascending order.
  [[nodiscard]] std::expected<std::vector<SignedAt>, std::string> checkpoints(std::optional<std::int64_t> after,
                                                                              std::int64_t limit) const;
  // The newest one as it is kept beside the ledger, whatever stands there; none: there is no such file.
  [[nodiscard]] std::optional<std::string> head() const;

  // The parts of the log that are in files, oldest first, and the folder that they are in.
  [[nodiscard]] std::expected<std::vector<Segment>, std::string> archives() const;
  [[nodiscard]] std::filesystem::path folder() const;

 private:
  std::filesystem::path file_;
  mutable std::atomic<bool> stopped_{false};  // SQLite is given a pointer to what it may change
};

}  // namespace xenacm::ledger
