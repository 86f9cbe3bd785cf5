// SPDX-License-Identifier: Apache-2.0
#include "policy/references.h"

#include <algorithm>
#include <array>

namespace xenacm::policy {
namespace {

constexpr std::array<std::string_view, 5> kPredefined{"amp", "lt", "gt", "quot", "apos"};

// "#65", "#x41": the character, or one that XML does not allow where there is no such.
char32_t character_of(std::string_view name) {
  constexpr char32_t kNone = 0x110000;
  const bool hexadecimal = name.starts_with("#x");
  const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
  char32_t value = 0;
  for (const char c : digits) {
    const char digit = to_lower(c);
    const bool is_letter = hexadecimal && digit >= 'a' && digit <= 'f';
    if (!is_digit(digit) && !is_letter) return kNone;
    const auto worth = static_cast<char32_t>(is_letter ? digit - 'a' + 10 : digit - '0');
    value = std::min<char32_t>(value * (hexadecimal ? 16 : 10) + worth, kNone);
  }
  return digits.empty() ? kNone : value;
}

// What is wrong with the reference between '&' and ';'; empty if nothing is.
std::string fault_of(std::string_view name) {
  if (std::ranges::find(kPredefined, name) != kPredefined.end()) return {};
  const std::string reference = quoted("&" + std::string(name) + ";");
  if (!name.starts_with('#')) {
    return "entity " + reference + " is not defined; write the text itself, or '&amp;' for '&'";
  }
  return is_xml_character(character_of(name)) ? "" : "reference " + reference + " names no character that XML allows";
}

}  // namespace

std::optional<TextFault> find_reference_fault(std::string_view text) {
  for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    // Longer than any reference that means something, but for heaps of leading zeros.
    constexpr std::size_t kLongest = 32;
    const std::string_view tail = text.substr(at + 1, kLongest);
    const auto end = tail.find(';');
    if (end == std::string_view::npos) {
      return TextFault{at, "'&' begins no reference here; write '&amp;' for the character"};
    }
    if (std::string fault = fault_of(tail.substr(0, end)); !fault.empty()) return TextFault{at, std::move(fault)};
  }
  return std::nullopt;
}

}  // namespace xenacm::policy
