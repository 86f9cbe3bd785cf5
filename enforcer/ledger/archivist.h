// SPDX-License-Identifier: Apache-2.0
// Keeps the ledger within bounds: moves the oldest segments of the audit log to files, on a thread of its own
// (docs/audit.md, "Retention").
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/segment.h"

namespace xenacm::ledger {

struct ArchiveOptions {
  std::int64_t keep_records = 1'000'000;   // that the ledger has at least, once there are as many
  std::int64_t segment_records = 100'000;  // about that many a file
  std::int64_t keep_archives = 0;          // files; 0: all of them
};

class Archivist {
 public:
  // What the ledger is to do about a segment, durably; calls back on a thread of its own, with whether it is done.
  using Change = std::function<void(const Segment&, std::function<void(bool)>)>;
  struct Changes {
    Change archived;                                         // is in a file
    std::function<void(std::function<void(bool)>)> dropped;  // some of the records that are in files
    Change forgotten;                                        // its file goes
  };
  struct Told {
    std::int64_t archives = 0;
    std::int64_t archived_to = 0;  // number of the newest record in a file
    std::string error;             // why the ledger grows; empty: it does not
  };

  Archivist(ArchiveOptions options, const std::filesystem::path& ledger_file, Changes changes);
  ~Archivist();
  Archivist(const Archivist&) = delete;
  Archivist& operator=(const Archivist&) = delete;

  void start();
  // There are records up to this one. Any thread may call; never blocks.
  void wake(std::int64_t last);
  void stop();
  [[nodiscard]] Told told() const;

 private:
  using Done = std::expected<void, std::string>;

  void work();
  [[nodiscard]] Done look();
  [[nodiscard]] Done archive(const Segment& segment);
  void drop_leftovers(std::int64_t before) const;
  [[nodiscard]] bool stops() const;
  void tell(const std::string& error);

  const ArchiveOptions options_;
  const std::filesystem::path ledger_file_;
  const std::filesystem::path folder_;
  AuditReader reader_;
  const Changes changes_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t last_ = 0;
  std::int64_t next_ = 0;  // the number of the record with which there may be something to do
  bool stopping_ = false;
  Told told_;
  std::thread thread_;
};

}  // namespace xenacm::ledger
