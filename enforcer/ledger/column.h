// SPDX-License-Identifier: Apache-2.0
// A column of a row. Internal to the ledger; throws SQLite::Exception.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace xenacm::ledger {

[[nodiscard]] inline std::string text_column(SQLite::Statement& row, const char* column) {
  return row.getColumn(column).getString();
}

}  // namespace xenacm::ledger
