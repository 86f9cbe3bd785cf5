// SPDX-License-Identifier: Apache-2.0
// A segment of the audit log in a file of its own: exported lines (docs/audit.md, "Retention").
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/segment.h"

namespace xenacm::ledger {

inline constexpr const char* kArchiveFolder = "audit";  // in the state directory

// FIRST-LAST.jsonl
[[nodiscard]] std::filesystem::path archive_file(const std::filesystem::path& folder, const Segment& segment);

// Beside it, its checkpoints, one a line: FIRST-LAST.checkpoints
[[nodiscard]] std::filesystem::path checkpoints_file(const std::filesystem::path& folder, const Segment& segment);

// Both are there, whole and durable, once this has returned a value. A file that is there already is reused if
// it holds the same, and else is left alone, and an error.
[[nodiscard]] std::expected<void, std::string> write_archive(const std::filesystem::path& folder,
                                                             const Segment& segment, const AuditReader& reader);

// Of the file: at most `limit` lines whose records come after `after`. The error names the file.
[[nodiscard]] std::expected<std::vector<std::string>, std::string> archived_lines(const std::filesystem::path& file,
                                                                                  std::int64_t after,
                                                                                  std::size_t limit);

}  // namespace xenacm::ledger
