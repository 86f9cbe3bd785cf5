// SPDX-License-Identifier: Apache-2.0
// labeltool status
#include <cstdint>
#include <iostream>

#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

// "A-Bank 2, B-Bank 1"; "none" if there are none.
std::string counts(const json& types) {
  std::string text;
  for (const auto& [type, count] : types.items()) text += (text.empty() ? "" : ", ") + type + " " + count.dump();
  return text.empty() ? "none" : text;
}

std::string gate_line(const json& gate) {
  if (!gate.value("enabled", false)) return "off";
  return "on, at " + gate.value("socket", "") + ": " + gate.at("connections").dump() + " clients, " +
         gate.at("judged").dump() + " verdicts, " + gate.at("refused").dump() + " refusals";
}

void print_bypass(const json& gate) {
  for (const json& one : gate.value("bypass", json::array())) {
    const std::string program = one.value("program", "");
    std::cout << "round the gate     : " << (program.empty() ? "a program" : printable(program)) << " (pid "
              << one.at("pid").dump() << "): " << one.value("way", "") << "\n";
  }
  if (const std::string unseen = gate.value("bypass_unseen", ""); !unseen.empty()) {
    std::cout << "round the gate     : connections are not seen: " << unseen << "\n";
  }
}

// An alarm is what came round the gate and was refused, or would have been.
std::string guard_line(const json& guard) {
  if (!guard.value("enabled", false)) return "off";
  const std::string last = guard.value("last_alarm", "");
  const std::string alarms = std::to_string(guard.value("alarms", std::uint64_t{0}));
  return "on: " + alarms + " alarms" + (last.empty() ? "" : "\nlast alarm         : " + printable(last));
}

// Since the daemon's start.
std::string verdicts_line(const json& verdicts) {
  const auto count = [&](const char* decision) { return std::to_string(verdicts.value(decision, std::uint64_t{0})); };
  return count("allow") + " allowed, " + count("deny") + " denied, " + count("would_deny") + " would have been denied";
}

// What keeps the audit log from being whole, or from where it is to go; nothing where all is well.
void print_audit(const json& audit) {
  if (!audit.at("writable").get<bool>()) {
    std::cout << "AUDIT LOG          : CANNOT BE WRITTEN (on_failure is " << audit.value("on_failure", "")
              << "): " << printable(audit.value("error", "")) << "\n"
              << "                     " << audit.at("refused").dump() << " requests refused and "
              << audit.at("let_through").dump() << " let through without a record, " << audit.at("late").dump()
              << " records are in memory alone\n";
  }
  if (const std::string error = audit.value("archive_error", ""); !error.empty()) {
    std::cout << "audit log          : grows, as it cannot be archived: " << printable(error) << "\n";
  }
  for (const json& output : audit.at("outputs")) {
    const std::string error = output.value("error", "");
    if (error.empty()) continue;
    std::cout << "audit output       : " << printable(output.value("name", "")) << " stands at record "
              << output.at("position").dump() << ": " << printable(error) << "\n";
  }
}

Result show_status(const Context& context) {
  const auto status = ask(context, "GET", "/v1/status");
  if (!status) return std::unexpected(status.error());
  if (context.json) {
    print_json(*status);
    return {};
  }
  const json& policy = status->at("policy");
  const json& lines = status->at("lines");
  std::cout << "acm-enforcerd " << status->value("version", "") << "\n"
            << "mode               : " << status->value("mode", "") << "\n"
            << "policy             : " << policy.value("name", "") << " " << policy.value("version", "") << "\n"
            << "gate               : " << gate_line(lines.at("gate")) << "\n"
            << "guard              : " << guard_line(lines.at("guard")) << "\n"
            << "verdicts           : " << verdicts_line(status->at("verdicts")) << "\n"
            << "running domains    : " << status->at("running").dump() << "\n"
            << "links              : " << counts(status->at("links_by_class")) << "\n"
            << "labelled           : " << status->at("bindings").dump() << " domains, "
            << status->at("resources").dump() << " resources\n"
            << "running types      : " << counts(status->at("running_types")) << "\n"
            << "conflict aggregate : " << counts(status->at("conflict_aggregate")) << "\n";
  for (const auto& domain : status->at("about_to_start")) {
    std::cout << "about to start     : " << printable(domain.value("name", "")) << " ("
              << printable(domain.value("label", "")) << ")\n";
  }
  for (const auto& name : status->at("adopted")) {
    std::cout << "not admitted       : " << printable(name.get<std::string>()) << " (runs, but no verdict covers it)\n";
  }
  print_bypass(lines.at("gate"));
  print_audit(status->at("audit"));
  return {};
}

}  // namespace

Command status_command() {
  return {"status", "Show mode, policy and what is enforced", [](Words&) {}, show_status};
}

}  // namespace xenacm::labeltool
