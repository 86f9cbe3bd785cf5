// SPDX-License-Identifier: Apache-2.0
// A document as text: what stands on which line, and which characters it is made of. Inside policy/, and for
// labeltool/import/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/model.h"

namespace xenacm::policy {

// Something that is wrong with the text of a document, at a byte offset.
struct TextFault {
  std::size_t offset = 0;
  std::string message;
};

// Where the bytes of a document stand. For one thread.
class Lines {
 public:
  // `text` has at most kMaxDocumentBytes.
  explicit Lines(std::string_view text);

  [[nodiscard]] Position at(std::size_t offset) const;

 private:
  std::vector<std::uint32_t> starts_;  // offset of the first byte of each line
  mutable std::size_t last_ = 1;       // the line that was asked for last
};

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

// The code point that begins at `offset`; none where the bytes there are not valid UTF-8.
[[nodiscard]] std::optional<CodePoint> decode_utf8(std::string_view text, std::size_t offset);

// XML 1.0, production 2 (Char).
[[nodiscard]] bool is_xml_character(char32_t c);

// XML 1.0, production 3 (S): the white space that is trimmed off a name.
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
[[nodiscard]] std::string_view trim(std::string_view text);

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

[[nodiscard]] constexpr bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// White space of any script, control characters and characters without a shape of their own: two names that differ in
// them alone look alike to a reader, or turn the words around them (bidirectional controls).
[[nodiscard]] bool is_invisible(char32_t c);

// The first byte that is not UTF-8, or the first character that XML does not allow.
[[nodiscard]] std::optional<TextFault> find_bad_character(std::string_view text);

// The text in single quotes, fit to be printed: cut where it is long, invisible characters but blanks written as
// \u{85}.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace xenacm::policy
