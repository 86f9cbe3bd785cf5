// SPDX-License-Identifier: Apache-2.0
#include "labeltool/status_text.h"

#include <fmt/format.h>

#include "enforcer/api/printable.h"

namespace xenacm::labeltool {

namespace {

using Json = nlohmann::json;
using api::printable;

constexpr std::size_t kColumns = 80;

// Bytes that go on with a character of UTF-8 take no column.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  return count;
}

std::string cut(std::string text, std::size_t most) {
  if (columns(text) <= most) return text;
  while (!text.empty() && columns(text) > most - 3) text.pop_back();
  return text + "...";
}

std::string line(const std::string& name, const std::string& value) {
  return cut(fmt::format("{:<19}: {}", name, printable(value)), kColumns);
}

std::string joined(const Json& names) {
  std::string text;
  for (const Json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

// "A-Bank 2, B-Bank 1"; "none" if there are none.
std::string counts(const Json& types) {
  std::string text;
  for (const auto& [type, count] : types.items()) text += (text.empty() ? "" : ", ") + type + " " + count.dump();
  return text.empty() ? "none" : text;
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string mode_text(const Json& status) {
  std::map<std::string, std::string> labels;
  for (const auto& [label, mode] : status.at("label_modes").items()) {
    std::string& list = labels[mode.get<std::string>()];
    list += (list.empty() ? "" : ", ") + label;
  }
  std::string text = status.value("mode", "");
  text += text == "permissive" ? ": nothing is refused, only recorded" : "";
  for (const auto& [mode, list] : labels) text += "; " + mode + " for " + list;
  return text;
}

std::string gate_text(const Json& gate) {
  if (!gate.value("enabled", false)) return "off: nothing is judged before it happens";
  return "on: " + gate.at("connections").dump() + " clients, " + gate.at("judged").dump() + " verdicts, " +
         gate.at("refused").dump() + " refusals";
}

std::string guard_text(const Json& guard) {
  if (!guard.value("enabled", false)) return "off: what comes round the gate stays";
  return "on: " + std::to_string(guard.value("alarms", std::uint64_t{0})) + " alarms";
}

// Of a long path the end tells the program.
std::string bypass_text(const Json& one) {
  constexpr std::size_t kMost = 20;
  std::string program = one.value("program", "");
  if (program.empty()) program = "a program";
  if (program.size() > kMost) program = "..." + program.substr(program.size() - kMost);
  return program + " (pid " + one.at("pid").dump() + "): " + one.value("way", "");
}

void add_bypass(const Json& gate, std::vector<std::string>& lines) {
  constexpr std::size_t kMost = 2;
  const Json bypass = gate.value("bypass", Json::array());
  if (!bypass.empty()) lines.push_back(line("round the gate", bypass_text(bypass[0])));
  if (const std::string unseen = gate.value("bypass_unseen", ""); !unseen.empty()) {
    lines.push_back(line("round the gate", "connections are not seen: " + unseen));
  } else if (bypass.size() == kMost) {
    lines.push_back(line("round the gate", bypass_text(bypass[1])));
  } else if (bypass.size() > kMost) {
    lines.push_back(line("round the gate", std::to_string(bypass.size() - 1) + " more: labeltool doctor"));
  }
}

// Since the daemon's start.
std::string verdicts_text(const Json& verdicts) {
  const auto count = [&](const char* decision) { return std::to_string(verdicts.value(decision, std::uint64_t{0})); };
  return count("allow") + " allowed, " + count("deny") + " denied, " + count("would_deny") + " would have been denied";
}

void add_unlabelled(const Json& unlabelled, std::vector<std::string>& lines) {
  const Json& domains = unlabelled.at("domains");
  const Json& resources = unlabelled.at("resources");
  if (!domains.empty()) {
    lines.push_back(line("unlabelled", counted(domains.size(), "domain") + ": " + joined(domains)));
  }
  if (!resources.empty()) {
    lines.push_back(line("unlabelled", counted(resources.size(), "resource") + " in use: " + joined(resources)));
  }
}

void add_passing(const Json& status, std::vector<std::string>& lines) {
  std::string starting;
  for (const Json& domain : status.at("about_to_start")) {
    starting += (starting.empty() ? "" : ", ") + domain.value("name", "") + " (" + domain.value("label", "") + ")";
  }
  if (!starting.empty()) lines.push_back(line("about to start", starting));
  if (const Json& adopted = status.at("adopted"); !adopted.empty()) {
    lines.push_back(line("not admitted", joined(adopted) + " (no verdict covers it)"));
  }
}

// What keeps the audit log from being whole, or from where it is to go; nothing where all is well.
void add_audit(const Json& audit, std::vector<std::string>& lines) {
  if (!audit.at("writable").get<bool>()) {
    lines.push_back(line("AUDIT LOG", "CANNOT BE WRITTEN: " + audit.value("error", "")));
    lines.push_back(line("", audit.at("refused").dump() + " requests refused, " + audit.at("let_through").dump() +
                                 " let through, " + audit.at("late").dump() + " in memory"));
    return;
  }
  if (const std::string error = audit.value("archive_error", ""); !error.empty()) {
    lines.push_back(line("audit log", "grows, as it cannot be archived: " + error));
  }
  for (const Json& output : audit.at("outputs")) {
    const std::string error = output.value("error", "");
    if (error.empty()) continue;
    lines.push_back(line(
        "audit output", output.value("name", "") + " stands at record " + output.at("position").dump() + ": " + error));
    return;
  }
}

}  // namespace

void Refusals::add(const Json& record) {
  const std::string decision = record.value("decision", "");
  if (decision != "deny" && decision != "would-deny") return;
  Counts& counts = rules_[record.value("rule", "")];
  ++(decision == "deny" ? counts.denied : counts.would_deny);
  latest_ = record;
}

// "12 (label 5, ste 7)"; empty: none.
std::string Refusals::by_rule(std::uint64_t Counts::* count) const {
  std::uint64_t all = 0;
  std::string rules;
  for (const auto& [rule, counts] : rules_) {
    if (counts.*count == 0) continue;
    all += counts.*count;
    rules += (rules.empty() ? "" : ", ") + rule + " " + std::to_string(counts.*count);
  }
  if (all == 0) return {};
  return std::to_string(all) + (older_ ? " or more (" : " (") + rules + ")";
}

std::vector<std::string> Refusals::lines() const {
  if (latest_.is_null()) return {line("refused so far", "nothing, and nothing would have been")};
  std::string counts = by_rule(&Counts::denied);
  if (const std::string would = by_rule(&Counts::would_deny); !would.empty()) {
    counts += (counts.empty() ? "" : "; ") + ("would have been: " + would);
  }
  const std::string object = latest_.value("object", "");
  return {line("refused so far", counts),
          line("the latest", "record " + latest_.value("seq", Json(0)).dump() + ": " + latest_.value("action", "") +
                                 " " + latest_.value("subject", "") + (object.empty() ? "" : " -> " + object)),
          line("see", "labeltool audit --denied; labeltool why")};
}

Json Refusals::json() const {
  Json rules = Json::object();
  for (const auto& [rule, counts] : rules_) {
    rules[rule] = {{"denied", counts.denied}, {"would_deny", counts.would_deny}};
  }
  return {{"rules", rules}, {"older", older_}, {"latest", latest_}};
}

std::string status_text(const Json& status, const std::string& hooks, const Refusals& refusals) {
  const Json& policy = status.at("policy");
  const Json& gate = status.at("lines").at("gate");
  const Json& guard = status.at("lines").at("guard");
  std::vector<std::string> lines{cut("acm-enforcerd " + status.value("version", ""), kColumns),
                                 line("mode", mode_text(status)),
                                 line("policy", policy.value("name", "") + " " + policy.value("version", "")),
                                 line("hook", hooks),
                                 line("gate", gate_text(gate)),
                                 line("guard", guard_text(guard))};
  if (const std::string last = guard.value("last_alarm", ""); !last.empty()) lines.push_back(line("last alarm", last));
  add_bypass(gate, lines);
  lines.push_back(line("verdicts", verdicts_text(status.at("verdicts"))));
  lines.push_back(line("running domains", status.at("running").dump()));
  lines.push_back(line("links", counts(status.at("links_by_class"))));
  lines.push_back(
      line("labelled", status.at("bindings").dump() + " domains, " + status.at("resources").dump() + " resources"));
  add_unlabelled(status.at("unlabelled"), lines);
  lines.push_back(line("running types", counts(status.at("running_types"))));
  lines.push_back(line("conflict aggregate", counts(status.at("conflict_aggregate"))));
  add_passing(status, lines);
  for (std::string& one : refusals.lines()) lines.push_back(std::move(one));
  add_audit(status.at("audit"), lines);
  std::string text;
  for (const std::string& one : lines) text += one + "\n";
  return text;
}

}  // namespace xenacm::labeltool
