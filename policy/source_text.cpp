// SPDX-License-Identifier: Apache-2.0
#include "policy/source_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace xenacm::policy {
namespace {

constexpr std::size_t kMaxQuotedBytes = 80;

struct Range {
  char32_t first;
  char32_t last;
};

// schemas/security_policy.xsd lists the same ones.
constexpr std::array kInvisible{
    Range{0x0000, 0x0020}, Range{0x007F, 0x00A0}, Range{0x00AD, 0x00AD},   Range{0x061C, 0x061C}, Range{0x1680, 0x1680},
    Range{0x180E, 0x180E}, Range{0x2000, 0x200F}, Range{0x2028, 0x202F},   Range{0x205F, 0x206F}, Range{0x3000, 0x3000},
    Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F},
};

std::string hexadecimal(std::uint32_t value, std::size_t digits) {
  std::string text;
  for (; value != 0 || text.size() < digits; value /= 16) text += "0123456789ABCDEF"[value % 16];
  return {text.rbegin(), text.rend()};
}

// How many bytes from the first on are printable ASCII: eight at a time, for nearly all are.
std::size_t plain_bytes(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  constexpr std::uint64_t kBlanks = 0x2020202020202020;
  std::size_t plain = 0;
  for (std::uint64_t word = 0; text.size() - plain >= sizeof word; plain += sizeof word) {
    std::memcpy(&word, text.data() + plain, sizeof word);
    // Bytes below 0x20 borrow where 0x20 is taken away. A borrow reaches the byte above it, but never without cause.
    if (((word | (word - kBlanks)) & kHighBits) != 0) break;
  }
  while (plain < text.size() && static_cast<unsigned char>(text[plain]) >= 0x20 &&
         static_cast<unsigned char>(text[plain]) < 0x80) {
    ++plain;
  }
  return plain;
}

TextFault bad_byte(std::string_view text, std::size_t offset) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return {offset, "the document is UTF-16; save it as UTF-8"};
  }
  const auto byte = static_cast<unsigned char>(text[offset]);
  return {offset, "byte 0x" + hexadecimal(byte, 2) + " is not valid UTF-8; save the document as UTF-8"};
}

}  // namespace

Lines::Lines(std::string_view text) : starts_{0} {
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    starts_.push_back(static_cast<std::uint32_t>(end + 1));
  }
}

Position Lines::at(std::size_t offset) const {
  // Whoever reads a document from its beginning to its end asks for the same line again, or for the next.
  auto next = starts_.begin() + static_cast<std::ptrdiff_t>(last_);
  if (*std::prev(next) <= offset && next != starts_.end() && *next <= offset) ++next;
  if (*std::prev(next) > offset || (next != starts_.end() && *next <= offset)) {
    next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  }
  last_ = static_cast<std::size_t>(next - starts_.begin());
  return {.line = static_cast<unsigned>(next - starts_.begin()),
          .column = static_cast<unsigned>(offset - *std::prev(next) + 1)};
}

std::optional<CodePoint> decode_utf8(std::string_view text, std::size_t offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - offset < bytes) return std::nullopt;
  char32_t value = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[offset + i]);
    if ((next & 0xC0U) != 0x80) return std::nullopt;
    value = (value << 6) | (next & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[bytes] || value > 0x10FFFF || surrogate) return std::nullopt;
  return CodePoint{value, bytes};
}

bool is_xml_character(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_invisible(char32_t c) {
  if (c > 0x20 && c < 0x7F) return false;  // nearly all there is
  return std::ranges::any_of(kInvisible, [c](Range range) { return c >= range.first && c <= range.last; });
}

std::optional<TextFault> find_bad_character(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    offset += plain_bytes(text.substr(offset));
    if (offset == text.size()) break;
    const auto c = decode_utf8(text, offset);
    if (!c) return bad_byte(text, offset);
    if (c->value == 0) return TextFault{offset, "the document holds a NUL byte; a policy is plain text"};
    if (!is_xml_character(c->value)) {
      return TextFault{offset, "character U+" + hexadecimal(c->value, 4) + " is not allowed in XML; remove it"};
    }
    offset += c->bytes;
  }
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (std::size_t offset = 0; offset < text.size();) {
    if (offset >= kMaxQuotedBytes) return result + "...'";
    const CodePoint c = decode_utf8(text, offset).value_or(CodePoint{0xFFFD, 1});
    if (c.value == 0xFFFD || (c.value != ' ' && is_invisible(c.value))) {
      result += "\\u{" + hexadecimal(c.value, 1) + "}";
    } else {
      result += text.substr(offset, c.bytes);
    }
    offset += c.bytes;
  }
  return result + "'";
}

}  // namespace xenacm::policy
