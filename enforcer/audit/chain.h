// SPDX-License-Identifier: Apache-2.0
// The records are chained: whoever changes one changes the hash of every later one (docs/audit.md, "Chain").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xenacm::audit {

using Hash = std::array<std::uint8_t, 32>;

inline constexpr Hash kNoHash{};  // before the first record

// SHA-256(before || record), where `record` is its canonical form.
[[nodiscard]] Hash next_hash(const Hash& before, std::string_view record);

[[nodiscard]] std::string to_hex(const Hash& hash);  // 64 digits, lower case
[[nodiscard]] std::optional<Hash> hash_of_hex(std::string_view hex);

// A record as it is exported, without a line break: its text with one more member, the last one, "hash". The text
// without that member is the record, byte for byte.
struct Line {
  std::string record;
  Hash hash{};
};
[[nodiscard]] std::string to_text(const Line& line);
[[nodiscard]] std::optional<Line> parse_line(std::string_view text);

}  // namespace xenacm::audit
