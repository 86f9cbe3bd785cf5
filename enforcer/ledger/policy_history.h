// SPDX-License-Identifier: Apache-2.0
// The policies that were in force, read beside the daemon that writes them.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xenacm::ledger {

struct PastPolicy {
  std::int64_t number = 0;  // 1, 2, …: the order in which they came into force
  std::string name;
  std::string version;
  std::string digest;
  std::optional<std::string> set;  // the record of its setting; none: the ledger is older than its history
};

struct PastDocument {
  std::string text;
  std::string signature;  // base64; empty: none
};

class PolicyHistory {
 public:
  explicit PolicyHistory(std::filesystem::path ledger_file) : file_(std::move(ledger_file)) {}

  // In ascending order of their numbers; the last is in force. The error names the file.
  [[nodiscard]] std::expected<std::vector<PastPolicy>, std::string> list() const;

  // Their documents, in the same order: number 1 first.
  [[nodiscard]] std::expected<std::vector<PastDocument>, std::string> documents() const;

 private:
  std::filesystem::path file_;
};

}  // namespace xenacm::ledger
