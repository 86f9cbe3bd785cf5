// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/rows.h"

#include <array>
#include <string_view>

#include "enforcer/api/printable.h"
#include "labeltool/record_text.h"
#include "labeltool/review/time.h"

namespace xenacm::labeltool::review {

using nlohmann::json;

namespace {

constexpr std::array kColumns{"seq",          "time", "decision", "action", "subject", "subject_label", "object",
                              "object_label", "rule", "message",  "mode",   "policy",  "version",       "toolstack",
                              "via",          "uid",  "gid",      "pid",    "exe",     "latency_us"};

std::string json_line(const json& record) { return record.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string csv_head() {
  std::string line;
  for (const char* column : kColumns) line += (line.empty() ? "" : ",") + std::string(column);
  return line;
}

// RFC 4180. A spreadsheet takes what begins so for a formula, and names come from hostile guests: an apostrophe makes
// it text.
std::string csv_text(const std::string& text) {
  std::string field = api::printable(text);
  if (!field.empty() && std::string_view("=+-@").find(field.front()) != std::string_view::npos) field.insert(0, "'");
  if (field.find_first_of(",\"'") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string csv_field(const json& record, std::string_view column) {
  const json& policy = record.value("policy", json::object());
  if (column == "policy") return csv_text(policy.value("name", ""));
  if (column == "version") return csv_text(policy.value("version", ""));
  if (column == "time") return iso_text(record.value("time", std::int64_t{0}));
  const auto member = record.find(std::string(column));
  if (member == record.end()) return {};
  return member->is_string() ? csv_text(member->get<std::string>()) : json_line(*member);
}

std::string csv_row(const json& record) {
  std::string line;
  for (const char* column : kColumns) line += csv_field(record, column) + ",";
  line.pop_back();
  return line;
}

}  // namespace

std::optional<Format> format_of(const std::string& name) {
  if (name == "table") return Format{table_head, table_row};
  if (name == "jsonl") return Format{nullptr, json_line};
  if (name == "csv") return Format{csv_head, csv_row};
  return std::nullopt;
}

}  // namespace xenacm::labeltool::review
