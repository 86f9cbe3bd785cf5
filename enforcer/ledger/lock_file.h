// SPDX-License-Identifier: Apache-2.0
// Keeps a second daemon away from a state directory.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace xenacm::ledger {

// Holds an flock(2) on FILE for as long as it lives; the kernel lets go of it when the process ends, however it ends.
class LockFile {
 public:
  [[nodiscard]] static std::expected<LockFile, std::string> acquire(const std::filesystem::path& file);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace xenacm::ledger
