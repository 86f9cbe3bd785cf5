// SPDX-License-Identifier: Apache-2.0
// Files of one test, on the real file system, and a made-up /sys and /dev.
#pragma once

#include <filesystem>
#include <string>

#include "enforcer/monitor/resource.h"
#include "enforcer/resource/roots.h"

namespace xenacm::resource {

// A folder below `parent`, made anew, and removed with everything in it.
class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return dir_ / name; }

  // Makes the file, anew if it is there, and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text = "image\n") const;

  // The real ones; but where the attribute trusted.xenacm cannot be set, for want of CAP_SYS_ADMIN, marks are in
  // user.xenacm.
  [[nodiscard]] Roots roots() const;

 private:
  std::filesystem::path dir_;
};

[[nodiscard]] monitor::ResourceName named(const std::string& text);
[[nodiscard]] monitor::ResourceName file_name(const std::filesystem::path& path);

// The attribute as it is on disk; empty if there is none.
[[nodiscard]] std::string attribute(const std::filesystem::path& file, const Roots& roots);
void set_attribute(const std::filesystem::path& file, const Roots& roots, const std::string& value);

// What sysfs and udev show of the devices of a made-up host.
class MadeUpHost {
 public:
  explicit MadeUpHost(const Scratch& scratch) : scratch_(scratch) {}

  [[nodiscard]] Roots roots() const;
  // The device's folder in /sys, with uevent and dev.
  std::filesystem::path add(const std::string& number, const std::string& name) const;
  std::filesystem::path add_partition(const std::string& number, const std::string& name, const std::string& disk,
                                      const std::string& index) const;
  void attribute(const std::string& number, const std::string& attribute, const std::string& value) const;
  void link(const std::string& id, const std::string& name) const;  // /dev/disk/by-id/ID leads to /dev/NAME

 private:
  std::filesystem::path enter(const std::string& number, const std::string& name, const std::string& folder,
                              const std::string& more) const;
  const Scratch& scratch_;
};

}  // namespace xenacm::resource
