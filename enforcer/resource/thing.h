// SPDX-License-Identifier: Apache-2.0
// What is at a path: opened once, so that everything that is asked of it afterwards speaks of the same inode.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "enforcer/resource/descriptor.h"

namespace xenacm::resource {

enum class ThingKind { nothing, file, device };

struct Thing {
  ThingKind kind = ThingKind::nothing;
  std::filesystem::path path;  // by which it was asked for
  Descriptor opened;           // O_PATH: neither reads nor writes nor waits for a peer; not open where nothing is
  dev_t file_system = 0;       // device number of the file system that it is on
  std::uint64_t inode = 0;
  dev_t device = 0;   // the block device that it is a node of
  std::string birth;  // "SECONDS.NANOSECONDS" since 1970; empty where the file system does not tell
};

// "cannot DO PATH: what the system says", for errno.
[[nodiscard]] std::unexpected<std::string> trouble(const std::string& what, const std::filesystem::path& path,
                                                   int error);

// Follows symbolic links. Nothing is there: ENOENT, or ENOTDIR. The error: what is there is no regular file and no
// block device, or cannot be looked at.
[[nodiscard]] std::expected<Thing, std::string> look_at(const std::filesystem::path& path);

// The path of a thing without symbolic links, "." and "..". Empty if it has left that path since it was opened.
[[nodiscard]] std::filesystem::path real_path(const Thing& thing);

// The same for a path where nothing is: links are followed as far as there are any, dangling ones too.
[[nodiscard]] std::expected<std::filesystem::path, std::string> real_path_of_nothing(const std::filesystem::path& path);

}  // namespace xenacm::resource
