// SPDX-License-Identifier: Apache-2.0
// The schema of the ledger (schemas/ledger.sql): made, brought up to date, verified. Internal to the ledger; throws
// SQLite::Exception or std::runtime_error.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace xenacm::ledger {

void prepare(SQLite::Database& db);

}  // namespace xenacm::ledger
