// SPDX-License-Identifier: Apache-2.0
#include "labeltool/record_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "enforcer/api/verdict_text.h"
#include "labeltool/command.h"
#include "labeltool/member.h"

namespace xenacm::labeltool {

using nlohmann::json;

namespace {

std::tm local_time(const json& record) {
  return fmt::localtime(static_cast<std::time_t>(record.value("time", std::int64_t{0}) / 1'000'000));
}

// "xl, pid 2231, uid 0"
std::string who(const json& record) {
  const std::string program = std::filesystem::path(printable_member(record, "exe")).filename();
  return fmt::format("{}, pid {}, uid {}", program.empty() ? "unknown" : program, record.value("pid", 0),
                     record.value("uid", 0));
}

std::string what(const json& record) {
  const std::string object = printable_member(record, "object");
  // "attach vif 0"
  if (const std::string action = printable_member(record, "action"); action.starts_with("attach ")) {
    return api::link_words(action.substr(7, action.rfind(' ') - 7), printable_member(record, "subject"), object);
  }
  return printable_member(record, "action") + " of " + printable_member(record, "subject") +
         (object.empty() ? "" : " (" + object + ")");
}

}  // namespace

std::string table_head() {
  return fmt::format("{:>6} {:<19} {:<10} {:<16} {:<20} {:<16} {:<13} {}", "Record", "Time", "Decision", "Action",
                     "Subject", "Object", "Rule", "By");
}

std::string table_row(const json& record) {
  return fmt::format("{:>6} {:%Y-%m-%d %H:%M:%S} {:<10} {:<16} {:<20} {:<16} {:<13} {}", record.value("seq", 0),
                     local_time(record), printable_member(record, "decision"), printable_member(record, "action"),
                     printable_member(record, "subject"), printable_member(record, "object"),
                     printable_member(record, "rule"), who(record));
}

std::string origin(const json& record) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}, {}", local_time(record), who(record));
}

std::string headline(const json& record) {
  return fmt::format("{:<8} {:<40} record {:<6} {:%H:%M:%S}   {}\n", api::decision_word(record), what(record),
                     record.value("seq", 0), local_time(record), who(record));
}

std::string explanation(const json& record) {
  std::string out = headline(record) + api::explain_reasons(record);
  if (record.value("decision", "") == "error") out += "error    " + printable_member(record, "message") + "\n";
  return out;
}

}  // namespace xenacm::labeltool
