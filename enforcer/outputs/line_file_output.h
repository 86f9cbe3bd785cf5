// SPDX-License-Identifier: Apache-2.0
// A file of JSON lines, each a record with its hash, that is rotated by size (docs/audit.md, "Outputs").
#pragma once

#include <cstdint>
#include <filesystem>

#include "enforcer/outputs/output.h"

namespace xenacm::outputs {

struct LineFileOptions {
  std::filesystem::path file;
  std::string group;                      // that may read it, if there is one of that name
  std::uint64_t rotate_size = 100 << 20;  // bytes
  unsigned rotate_keep = 10;              // older files: FILE.1 is the youngest
};

// Its own last line says how far it came.
class LineFileOutput : public Output {
 public:
  explicit LineFileOutput(LineFileOptions options) : options_(std::move(options)) {}
  ~LineFileOutput() override;
  LineFileOutput(const LineFileOutput&) = delete;
  LineFileOutput& operator=(const LineFileOutput&) = delete;

  [[nodiscard]] std::string name() const override { return options_.file.string(); }
  [[nodiscard]] bool wants_all() const override { return true; }
  [[nodiscard]] std::expected<std::int64_t, std::string> open(std::int64_t position) override;
  [[nodiscard]] std::expected<void, std::string> write(std::span<const audit::Line> lines) override;

 private:
  using Done = std::expected<void, std::string>;
  [[nodiscard]] Done open_file();
  [[nodiscard]] Done trim();
  [[nodiscard]] bool was_moved() const;
  [[nodiscard]] Done append(const std::string& text);
  [[nodiscard]] Done rotate();
  [[nodiscard]] std::unexpected<std::string> failure(const char* what) const;
  void close();

  LineFileOptions options_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace xenacm::outputs
