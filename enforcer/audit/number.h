// SPDX-License-Identifier: Apache-2.0
// The number of a record, read off its text, without reading all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xenacm::audit {

// That a record, or a line, gives itself; none: it has none.
[[nodiscard]] std::optional<std::int64_t> number_of(std::string_view record);

// The record as it would be under another number.
[[nodiscard]] std::string renumbered(std::string_view record, std::int64_t seq);

// What the ledger has under a number that is not the record's own is handed out with one more member, "row": its hash
// cannot fit then, and whoever reads page by page knows how far it came.
[[nodiscard]] std::string with_row(std::string_view record, std::int64_t row);
[[nodiscard]] std::optional<std::string> without_row(std::string_view record);  // none: it has no such member

// "row" of a line, or else the number.
[[nodiscard]] std::optional<std::int64_t> row_of(std::string_view line);

}  // namespace xenacm::audit
