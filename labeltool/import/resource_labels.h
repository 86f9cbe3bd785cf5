// SPDX-License-Identifier: Apache-2.0
// The file `resource_labels` of the old xend: which label a disk has. It is a Python assignment, and xend executed it;
// here it is data, and nothing else than this is understood (what str() and repr() of Python 2 write):
//
//   file    = "resources" "=" "{" [ entry { "," entry } [ "," ] ] "}"
//   entry   = STRING ":" "(" [ STRING "," ] STRING "," STRING [ "," ] ")"     [type,] policy, label
//   STRING  = [ "u" ] ( '…' | "…" )      on one line; \\ \' \" \n \r \t \xHH, behind "u" also \uHHHH
//
// Blanks, line breaks and comments (# to the end of the line) may stand between any two of these.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "policy/model.h"

namespace xenacm::labeltool {

inline constexpr std::size_t kMaxResourceLabelsBytes = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kMaxOldLabels = 100'000;
inline constexpr std::size_t kMaxOldStringBytes = 4096;

// Any strings: whether they mean something is looked at elsewhere (plan.h).
struct OldLabel {
  std::string resource;
  std::string type;  // "ACM" where the entry has two strings, as xend read it
  std::string policy;
  std::string label;
  policy::Position at;
};

struct Misread {
  policy::Position at;
  std::string message;
};

// In the order of the file. Takes any bytes; stops at the first thing that the grammar does not have.
[[nodiscard]] std::expected<std::vector<OldLabel>, Misread> read_resource_labels(std::string_view bytes);

}  // namespace xenacm::labeltool
