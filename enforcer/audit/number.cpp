// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/number.h"

#include <charconv>
#include <cstring>

namespace xenacm::audit {

namespace {

constexpr std::string_view kNumber = ",\"seq\":";
constexpr std::string_view kRow = ",\"row\":";

// Where the value of the last member of that name begins. Only plain values stand behind a record's number, so the last
// one is its own. (From comma to comma: rfind() compares at every byte.)
std::optional<std::size_t> place_of(std::string_view member, std::string_view record) {
  for (std::size_t size = record.size(); size > 0;) {
    const void* comma = ::memrchr(record.data(), ',', size);
    if (comma == nullptr) return std::nullopt;
    size = static_cast<std::size_t>(static_cast<const char*>(comma) - record.data());
    if (record.substr(size).starts_with(member)) return size + member.size();
  }
  return std::nullopt;
}

std::optional<std::int64_t> value_of(std::string_view member, std::string_view record) {
  const auto begin = place_of(member, record);
  if (!begin) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(record.data() + *begin, record.data() + record.size(), number);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> number_of(std::string_view record) { return value_of(kNumber, record); }

std::string renumbered(std::string_view record, std::int64_t seq) {
  const auto begin = place_of(kNumber, record);
  if (!begin) return std::string(record);
  const std::size_t end = std::min(record.find_first_not_of("-0123456789", *begin), record.size());
  return std::string(record.substr(0, *begin)).append(std::to_string(seq)).append(record.substr(end));
}

std::string with_row(std::string_view record, std::int64_t row) {
  if (record.ends_with('}')) record.remove_suffix(1);
  return std::string(record).append(kRow).append(std::to_string(row)).append("}");
}

std::optional<std::string> without_row(std::string_view record) {
  const auto begin = place_of(kRow, record);
  if (!begin) return std::nullopt;
  return std::string(record.substr(0, *begin - kRow.size())) + '}';
}

std::optional<std::int64_t> row_of(std::string_view line) {
  const auto row = value_of(kRow, line);
  return row ? row : number_of(line);
}

}  // namespace xenacm::audit
