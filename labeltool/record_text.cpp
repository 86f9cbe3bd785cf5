// SPDX-License-Identifier: Apache-2.0
#include "labeltool/record_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <vector>

#include "labeltool/command.h"

namespace xenacm::labeltool {

using nlohmann::json;

namespace {

std::string text(const json& object, const char* key) { return printable(object.value(key, "")); }

std::string join(const json& list) {
  std::string joined;
  for (const json& item : list) joined += (joined.empty() ? "" : ", ") + printable(item.get<std::string>());
  return joined;
}

std::tm local_time(const json& record) {
  return fmt::localtime(static_cast<std::time_t>(record.value("time", std::int64_t{0}) / 1'000'000));
}

// "xl, pid 2231, uid 0"
std::string who(const json& record) {
  const std::string program = std::filesystem::path(text(record, "executable")).filename();
  return fmt::format("{}, pid {}, uid {}", program.empty() ? "unknown" : program, record.value("pid", 0),
                     record.value("uid", 0));
}

std::string what(const json& record) {
  const std::string object = text(record, "object");
  // "attach vif 0"
  if (const std::string action = text(record, "action"); action.starts_with("attach ")) {
    return fmt::format("{} link {} -> {}", action.substr(7, action.rfind(' ') - 7), text(record, "subject"), object);
  }
  return text(record, "action") + " of " + text(record, "subject") + (object.empty() ? "" : " (" + object + ")");
}

std::string policy_line(const json& record, std::int64_t line) {
  const json& policy = record.at("policy");
  const std::string name = text(policy, "name") + " " + text(policy, "version");
  return line > 0 ? fmt::format("{}, line {}", name, line) : name;
}

using Rows = std::vector<std::vector<std::string>>;

// A domain or resource: name, label, {STE types} or [Chinese Wall types], where its label is declared.
void add_party(Rows& rows, const json& record, const json& party, bool wall) {
  if (text(party, "name").empty()) return;
  const std::string types = join(party.value("types", json::array()));
  const std::string label = text(party, "label");
  rows.push_back({text(party, "name"), label.empty() ? "-" : label,
                  label.empty() ? "" : (wall ? "[" + types + "]" : "{" + types + "}"),
                  label.empty() ? "" : policy_line(record, party.value("line", 0))});
}

std::string aligned(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string explain_wall(const json& record, const json& reason) {
  const json& set = reason.at("conflict_set");
  std::string out = fmt::format("rule     chinese-wall: conflict set {} {{{}}}      {}\n", text(set, "name"),
                                join(set.at("types")), policy_line(record, set.value("line", 0)));
  Rows rows;
  add_party(rows, record, reason.at("subject"), true);
  out += aligned(rows);
  for (const json& holder : set.at("holders")) {
    const json& domains = holder.at("domains");
    out += fmt::format("holds    {} x {}: {}\n", text(holder, "type"), domains.size(), join(domains));
  }
  return out;
}

std::string explain_reason(const json& record, const json& reason) {
  std::string out;
  if (reason.value("rule", "") == "chinese-wall") {
    out = explain_wall(record, reason);
  } else {
    out = fmt::format("rule     {}: {}\n", text(reason, "rule"), text(reason, "message"));
    Rows rows;
    add_party(rows, record, reason.at("subject"), false);
    if (reason.contains("object")) add_party(rows, record, reason.at("object"), false);
    out += aligned(rows);
    if (reason.contains("types")) out += fmt::format("missing  {}\n", join(reason.at("types")));
  }
  return out + fmt::format("to allow {}\n", text(reason, "remedy"));
}

std::string headline_word(const std::string& decision) {
  if (decision == "deny") return "DENIED";
  if (decision == "would-deny") return "WOULD BE DENIED";
  return decision == "error" ? "ERROR" : "ALLOWED";
}

}  // namespace

std::string table_head() {
  return fmt::format("{:>6} {:<19} {:<10} {:<16} {:<20} {:<16} {:<13} {}", "Record", "Time", "Decision", "Action",
                     "Subject", "Object", "Rule", "By");
}

std::string table_row(const json& record) {
  return fmt::format("{:>6} {:%Y-%m-%d %H:%M:%S} {:<10} {:<16} {:<20} {:<16} {:<13} {}", record.value("seq", 0),
                     local_time(record), text(record, "decision"), text(record, "action"), text(record, "subject"),
                     text(record, "object"), text(record, "rule"), who(record));
}

std::string explanation(const json& record) {
  std::string out =
      fmt::format("{:<8} {:<40} record {:<6} {:%H:%M:%S}   {}\n", headline_word(record.value("decision", "")),
                  what(record), record.value("seq", 0), local_time(record), who(record));
  for (const json& reason : record.value("reasons", json::array())) out += explain_reason(record, reason);
  if (record.value("decision", "") == "error") out += "error    " + text(record, "message") + "\n";
  return out;
}

}  // namespace xenacm::labeltool
