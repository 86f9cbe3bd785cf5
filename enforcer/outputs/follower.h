// SPDX-License-Identifier: Apache-2.0
// Copies the audit log to one output, on a thread of its own: an output that hangs holds up no verdict.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "enforcer/ledger/audit_reader.h"
#include "enforcer/outputs/output.h"
#include "enforcer/outputs/position_file.h"

namespace xenacm::outputs {

// At least once: after a crash the last records may come again.
class Follower {
 public:
  struct Told {
    std::string name;
    std::int64_t position = 0;  // number of the last record that the output has
    std::string error;          // why it has not got on; empty: it has
  };

  // `last`: the number of the newest record there is.
  Follower(std::unique_ptr<Output> output, std::filesystem::path ledger_file, std::filesystem::path position_file,
           std::int64_t last);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // There are records up to this one. Any thread may call; never blocks.
  void wake(std::int64_t last);
  // Copies what there is, if the output takes it, and ends the thread.
  void stop();
  [[nodiscard]] Told told() const;

 private:
  void work();
  // Whether something is left to copy.
  [[nodiscard]] std::expected<bool, std::string> copy(std::int64_t last);
  [[nodiscard]] std::expected<void, std::string> open();
  void fail(const std::string& error);
  void recover();

  const std::unique_ptr<Output> output_;
  const ledger::AuditReader reader_;
  PositionFile position_file_;
  std::int64_t position_ = 0;  // of this thread
  bool open_ = false;
  std::chrono::milliseconds pause_{0};
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t last_;
  bool stopping_ = false;
  Told told_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace xenacm::outputs
