// SPDX-License-Identifier: Apache-2.0
// The mark: 32 random hexadecimal digits in an extended attribute of a labelled file. It goes along where a file is
// copied with its attributes, and so shows what inode numbers cannot: that something was a copy, or was restored.
#pragma once

#include <expected>
#include <string>

#include "enforcer/monitor/resource_name.h"
#include "enforcer/resource/roots.h"
#include "enforcer/resource/thing.h"

namespace xenacm::resource {

// Of an open file. Empty: it has none, or its file system has no such attributes. The error: the attribute cannot be
// read, or holds something else.
[[nodiscard]] std::expected<std::string, std::string> read_mark(const Thing& file, const Roots& roots);

enum class Marking {
  made,         // the file has it since now, and the disk too
  present,      // it had one already
  unsupported,  // the file system has no such attributes, or may not be written: the file remains without
};

struct Marked {
  Marking marking = Marking::unsupported;
  std::string mark;  // empty: none
};

// Gives the file behind a disk's name a mark, unless it has one; behind a loop device that is the backing file. What is
// no file stays as it is: unsupported.
[[nodiscard]] std::expected<Marked, std::string> ensure_mark(const monitor::ResourceName& name,
                                                             const Roots& roots = {});

// Takes this very mark from the file behind the name; nothing to do where the file is gone or has none. The error names
// the file: it carries another mark, or the attribute cannot be removed.
[[nodiscard]] std::expected<void, std::string> remove_mark(const monitor::ResourceName& name, const std::string& mark,
                                                           const Roots& roots = {});

}  // namespace xenacm::resource
