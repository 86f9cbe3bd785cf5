// SPDX-License-Identifier: Apache-2.0
// How far an output has come, over a restart. After a crash it may say less than was written, never more.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace xenacm::outputs {

class PositionFile {
 public:
  explicit PositionFile(std::filesystem::path file) : file_(std::move(file)) {}
  ~PositionFile();
  PositionFile(const PositionFile&) = delete;
  PositionFile& operator=(const PositionFile&) = delete;

  // None: the output is new, or the file holds no number.
  [[nodiscard]] std::optional<std::int64_t> read() const;
  // In place: it takes no room on a full disk once it is there.
  [[nodiscard]] std::expected<void, std::string> write(std::int64_t position);

 private:
  std::filesystem::path file_;
  int fd_ = -1;
};

}  // namespace xenacm::outputs
