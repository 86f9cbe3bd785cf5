// SPDX-License-Identifier: Apache-2.0
#include "labeltool/tables_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "labeltool/command.h"

namespace xenacm::labeltool {

using nlohmann::json;

namespace {

constexpr const char* kUnlabeled = "__UNLABELED__";
constexpr const char* kDomain0Mark = " <-- Domain-0";

std::string name_of(const json& entry) { return entry.value("name", ""); }

std::string heading(const std::string& text) { return "\n" + text + "\n" + std::string(text.size(), '=') + "\n"; }

// "01 " for each of `columns` that is among `types`, "00 " for the others.
std::string bits(const json& columns, const json& types) {
  const std::set<std::string> members(types.begin(), types.end());
  std::string text;
  for (const json& column : columns) text += members.contains(column.get<std::string>()) ? "01 " : "00 ";
  return text;
}

std::string counts(const json& columns, const json& numbers) {
  std::string text;
  for (const json& column : columns) text += fmt::format("{:02x} ", numbers.value(column.get<std::string>(), 0U));
  return text;
}

// A row for each label, numbered from `first` on. `component`: "chw" or "ste".
std::string matrix(const json& columns, const std::vector<json>& labels, const char* component) {
  std::string text;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    text += fmt::format("   ssidref{:2x}:  {}{}\n", row, bits(columns, labels[row].at(component)),
                        labels[row].value("domain0", false) ? kDomain0Mark : "");
  }
  return text;
}

// Those that a ticket is held for, which the counts include.
std::string about_to_start(const json& domains) {
  std::string text;
  for (const json& domain : domains) {
    text += fmt::format("               {} ({})\n", printable(name_of(domain)), printable(domain.value("label", "")));
  }
  return text.empty() ? text : "About to start:\n" + text;
}

std::string chinese_wall(const json& tables) {
  const json& types = tables.at("chw_types");
  std::string text =
      heading("Chinese Wall policy:") + "\n" + matrix(types, tables.at("labels"), "chw") + "\nConflict Sets:\n";
  for (std::size_t set = 0; set < tables.at("conflict_sets").size(); ++set) {
    text += fmt::format("   c-set{:2x}:    {}\n", set, bits(types, tables.at("conflict_sets")[set].at("types")));
  }
  return text + "\nRunning Types:\n               " + counts(types, tables.at("running")) + "\n" +
         about_to_start(tables.at("about_to_start")) + "\nConflict Aggregate Set:\n               " +
         counts(types, tables.at("aggregate")) + "\n";
}

// Domains' labels, then resources'; __UNLABELED__ is among the former already (acm.md 8).
std::vector<json> ste_rows(const json& tables) {
  std::vector<json> rows = tables.at("labels");
  std::ranges::copy_if(tables.at("resource_labels"), std::back_inserter(rows),
                       [](const json& label) { return name_of(label) != kUnlabeled; });
  return rows;
}

std::string type_enforcement(const json& tables) {
  return heading("Simple Type Enforcement policy:") + "\n" + matrix(tables.at("ste_types"), ste_rows(tables), "ste");
}

std::string types_legend(const std::string& title, const json& types) {
  std::string text = title + "\n";
  for (std::size_t column = 0; column < types.size(); ++column) {
    text += fmt::format("   {:4x}  {}\n", column, printable(types[column].get<std::string>()));
  }
  return text;
}

// Names and lines of rows; a line is 0 where the document does not have the label.
std::string rows_legend(const std::string& title, const std::vector<json>& rows) {
  std::size_t width = 0;
  for (const json& row : rows) width = std::max(width, printable(name_of(row)).size());
  std::string text = title + "\n";
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const int line = rows[index].value("line", 0);
    const bool is_resource = !rows[index].contains("chw") && !rows[index].contains("types");
    text += fmt::format("   {:4x}  {:<{}}  {}{}{}\n", index, printable(name_of(rows[index])), width,
                        line > 0 ? fmt::format("line {}", line) : "not in the policy",
                        is_resource ? ", of resources" : "", rows[index].value("domain0", false) ? kDomain0Mark : "");
  }
  return text;
}

std::string legend(const json& tables) {
  return heading("Legend:") + "\n" +
         types_legend("Columns of the Chinese Wall policy (types):", tables.at("chw_types")) + "\n" +
         types_legend("Columns of the Simple Type Enforcement policy (types):", tables.at("ste_types")) + "\n" +
         rows_legend("Rows, ssidref (labels):", ste_rows(tables)) + "\n" +
         rows_legend("Rows, c-set (conflict sets):", tables.at("conflict_sets"));
}

}  // namespace

std::string tables_text(const json& tables) {
  const json& policy = tables.at("policy");
  return fmt::format("POLICY REFERENCE = {}.\nPolicyVer = {}.\nDigest = {}.\n", printable(name_of(policy)),
                     policy.value("version", ""), policy.value("digest", "")) +
         chinese_wall(tables) + type_enforcement(tables) + legend(tables);
}

}  // namespace xenacm::labeltool
