// SPDX-License-Identifier: Apache-2.0
// Whole files, read and replaced.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace xenacm::labeltool {

// The error is what the system says.
[[nodiscard]] std::expected<std::string, std::string> read_file(const std::filesystem::path& file);

// New contents for a file, on disk beside it but not yet in its place; dropped if never put there. Owner, group, mode
// and extended attributes (access control lists are among them) are the old file's. A symbolic link stays one: what it
// leads to is replaced. Another hard link to the file keeps the old contents.
class Replacement {
 public:
  [[nodiscard]] static std::expected<Replacement, std::string> prepare(const std::filesystem::path& file,
                                                                       const std::string& contents);
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement();

  // Atomic: whoever opens the file finds the old or the new contents, whole.
  [[nodiscard]] std::expected<void, std::string> put_in_place();

 private:
  Replacement(std::filesystem::path file, std::filesystem::path draft)
      : file_(std::move(file)), draft_(std::move(draft)) {}
  std::filesystem::path file_;
  std::filesystem::path draft_;  // empty: moved away, or in place
};

}  // namespace xenacm::labeltool
