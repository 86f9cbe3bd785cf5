// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "enforcer/api/printable.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

std::string text(const json& object, const char* key) { return printable(object.value(key, "")); }

std::string join(const json& list) {
  std::string joined;
  for (const json& item : list) joined += (joined.empty() ? "" : ", ") + printable(item.get<std::string>());
  return joined;
}

std::string policy_line(const json& verdict, std::int64_t line) {
  const json& policy = verdict.at("policy");
  const std::string name = text(policy, "name") + " " + text(policy, "version");
  return line > 0 ? fmt::format("{}, line {}", name, line) : name;
}

using Rows = std::vector<std::vector<std::string>>;

// A domain or resource: name, label, {STE types} or [Chinese Wall types], where its label is declared.
void add_party(Rows& rows, const json& verdict, const json& party, bool wall) {
  if (text(party, "name").empty()) return;
  const std::string types = join(party.value("types", json::array()));
  const std::string label = text(party, "label");
  rows.push_back({text(party, "name"), label.empty() ? "-" : label,
                  label.empty() ? "" : (wall ? "[" + types + "]" : "{" + types + "}"),
                  label.empty() ? "" : policy_line(verdict, party.value("line", 0))});
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

std::string explain_wall(const json& verdict, const json& reason) {
  const json& set = reason.at("conflict_set");
  std::string out = fmt::format("rule     chinese-wall: conflict set {} {{{}}}      {}\n", text(set, "name"),
                                join(set.at("types")), policy_line(verdict, set.value("line", 0)));
  Rows rows;
  add_party(rows, verdict, reason.at("subject"), true);
  out += aligned(rows);
  for (const json& holder : set.at("holders")) {
    const json& domains = holder.at("domains");
    out += fmt::format("holds    {} x {}: {}\n", text(holder, "type"), domains.size(), join(domains));
  }
  return out;
}

std::string explain_reason(const json& verdict, const json& reason) {
  std::string out;
  if (reason.value("rule", "") == "chinese-wall") {
    out = explain_wall(verdict, reason);
  } else {
    out = fmt::format("rule     {}: {}\n", text(reason, "rule"), text(reason, "message"));
    if (reason.contains("device")) out += fmt::format("device   {}\n", text(reason, "device"));
    Rows rows;
    add_party(rows, verdict, reason.at("subject"), false);
    if (reason.contains("object")) add_party(rows, verdict, reason.at("object"), false);
    out += aligned(rows);
    if (reason.contains("types")) out += fmt::format("missing  {}\n", join(reason.at("types")));
  }
  return out + fmt::format("to allow {}\n", text(reason, "remedy"));
}

}  // namespace

std::string decision_word(const json& verdict) {
  const std::string decision = verdict.value("decision", "");
  if (decision == "deny") return "DENIED";
  if (decision == "would-deny") return "WOULD BE DENIED";
  return decision == "error" ? "ERROR" : "ALLOWED";
}

std::string link_words(const std::string& device_class, const std::string& frontend, const std::string& backend) {
  return printable(device_class + " link " + frontend + " -> " + backend);
}

std::string verdict_text(const json& verdict, const std::string& what) {
  return fmt::format("{:<8} {}\n", decision_word(verdict), what) + explain_reasons(verdict);
}

std::string explain_reasons(const json& verdict) {
  std::string out;
  for (const json& reason : verdict.value("reasons", json::array())) out += explain_reason(verdict, reason);
  return out;
}

}  // namespace xenacm::api
