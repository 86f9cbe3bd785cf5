// SPDX-License-Identifier: Apache-2.0
// Reads the audit log beside the daemon that writes it, over a connection of its own: a long review holds up no
// verdict.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/audit/chain.h"

namespace xenacm::ledger {

struct AuditFilter {
  bool refused = false;               // deny and would-deny alone
  std::optional<std::int64_t> after;  // seq greater than this, oldest first; none: the newest
  std::optional<std::int64_t> seq;    // this one alone
  std::int64_t limit = 1000;          // records at most
};

inline constexpr std::int64_t kMaxAuditPage = 10'000;

class AuditReader {
 public:
  explicit AuditReader(std::filesystem::path ledger_file) : file_(std::move(ledger_file)) {}

  // In ascending order of seq. The error names the file.
  [[nodiscard]] std::expected<std::vector<audit::Line>, std::string> read(const AuditFilter& filter) const;

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

 private:
  std::filesystem::path file_;
};

}  // namespace xenacm::ledger
