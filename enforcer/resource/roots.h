// SPDX-License-Identifier: Apache-2.0
// Where this host's devices and mounts are found. Tests have others.
#pragma once

#include <filesystem>
#include <string>

namespace xenacm::resource {

struct Roots {
  std::filesystem::path dev = "/dev";  // udev's links are in disk/by-id below it
  std::filesystem::path sys = "/sys";
  std::filesystem::path mounts = "/proc/self/mountinfo";
  std::string mark_attribute = "trusted.xenacm";  // seen and set by CAP_SYS_ADMIN alone
};

}  // namespace xenacm::resource
