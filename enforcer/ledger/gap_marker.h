// SPDX-License-Identifier: Apache-2.0
// Tells the next daemon that this one died with records that it had only in memory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xenacm::ledger {

// A file of one block in each of the folders: where one cannot be written, another may. They are made before they are
// needed and written in place, which takes no room on a full disk.
class GapMarker {
 public:
  explicit GapMarker(const std::vector<std::filesystem::path>& folders);
  ~GapMarker();
  GapMarker(const GapMarker&) = delete;
  GapMarker& operator=(const GapMarker&) = delete;

  // What a predecessor had set and not cleared.
  [[nodiscard]] const std::optional<std::string>& left() const { return left_; }

  // False: nowhere could it be written.
  bool set(const std::string& text);
  void clear();

 private:
  struct File {
    std::filesystem::path path;
    int fd = -1;
  };
  std::vector<File> files_;
  std::optional<std::string> left_;
};

}  // namespace xenacm::ledger
