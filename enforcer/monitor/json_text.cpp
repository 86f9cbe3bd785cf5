// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/json_text.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "policy/source_text.h"

namespace xenacm::monitor {

using nlohmann::json;

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

bool is_utf8(std::string_view bytes) {
  for (std::size_t offset = 0; offset < bytes.size();) {
    const auto point = policy::decode_utf8(bytes, offset);
    if (!point) return false;
    offset += point->bytes;
  }
  return true;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0 || digits.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

json text_json(std::string_view bytes) {
  if (is_utf8(bytes)) return bytes;
  std::string digits;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4U];
    digits += kDigits[byte & 0xFU];
  }
  return {{"hex", std::move(digits)}};
}

std::optional<std::string> bytes_of(const json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  if (!value.is_object() || value.size() != 1 || !value.contains("hex")) return std::nullopt;
  const auto* digits = value.at("hex").get_ptr<const std::string*>();
  return digits != nullptr ? from_hex(*digits) : std::nullopt;
}

}  // namespace xenacm::monitor
