// SPDX-License-Identifier: Apache-2.0
// A file system of 32 megabytes, for as long as a test lasts. Needs root, or leave to make a user namespace.
#pragma once

#include <filesystem>

namespace xenacm::test {

class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path at);  // the folder is made if it is not there
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }

  // Nothing can be written from here on, but in place.
  void fill() const;
  void make_room() const;

 private:
  std::filesystem::path dir_;
};

}  // namespace xenacm::test
