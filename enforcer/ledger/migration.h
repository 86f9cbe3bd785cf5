// SPDX-License-Identifier: Apache-2.0
// The schema of the ledger (schemas/ledger.sql): made, brought up to date, verified. Internal to the ledger; throws
// SQLite::Exception or std::runtime_error.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

namespace xenacm::ledger {

// A new ledger, whole or not there at all. Precondition: nobody else makes one there.
void make(const std::filesystem::path& file);

// Of one that is there.
void prepare(SQLite::Database& db);

}  // namespace xenacm::ledger
