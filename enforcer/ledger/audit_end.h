// SPDX-License-Identifier: Apache-2.0
// What the daemon finds out about its audit log when it starts (docs/audit.md, "At the start").
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "enforcer/audit/key_file.h"
#include "enforcer/ledger/ledger.h"

namespace xenacm::ledger {

// Holds the end of the log against the newest checkpoint that is kept beside the ledger. Each string is an alarm: what
// is not as it was left. Nothing of it keeps the daemon from going on. Where the ledger is older than what was signed,
// its next record follows the last one that was: the gap stays, and is told by every verification.
[[nodiscard]] std::vector<std::string> examine_end(Ledger& ledger, const audit::OpenedKey& key,
                                                   const std::filesystem::path& state_dir);

}  // namespace xenacm::ledger
