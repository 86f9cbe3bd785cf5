// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/gate.h"

#include <array>
#include <filesystem>
#include <utility>

#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool::doctor {

namespace {

using nlohmann::json;
using suggest::shell_word;

constexpr const char* kConfiguration = "/etc/xenacm/xenacm.toml";

constexpr const char* kStop = "kill $(pidof acm-enforcerd); while pidof acm-enforcerd; do sleep 1; done";

std::string start(const GateFacts& facts) { return start_command(facts.systemd, "acm-enforcerd", "acm-enforcerd &"); }

std::string restart(const GateFacts& facts) {
  return start_command(facts.systemd, "acm-enforcerd", std::string(kStop) + "; acm-enforcerd &");
}

// A daemon that runs has the state directory for itself.
std::vector<Step> stop_check_start(const GateFacts& facts) {
  return {{facts.systemd ? "systemctl stop acm-enforcerd" : kStop}, {"acm-enforcerd --check"}, {start(facts)}};
}

// "enabled = false" of the table becomes true.
std::vector<Step> switch_on(const GateFacts& facts, const std::string& table) {
  return {{"sed -i '/^\\[" + table + "\\]/,/^\\[/s/^ *enabled *=.*/enabled = true/' " + kConfiguration},
          {restart(facts)}};
}

// Services that keep connections from before the gate. xenconsoled always has one: Xen's own service starts it beside
// xenstored, and it makes neither domains nor links.
constexpr std::array kServices{std::pair("libvirtd", "libvirtd"), std::pair("xenopsd-xc", "xenopsd-xc"),
                               std::pair("xenopsd", "xenopsd-xc"), std::pair("virtxend", "virtxend")};

std::vector<Step> remedy_of(const GateFacts& facts, const std::string& program, const std::string& pid) {
  for (const auto& [name, service] : kServices) {
    if (program == name && facts.systemd) return {{"systemctl restart " + std::string(service)}};
  }
  // With either the guest that it serves would end.
  if (program == "xl" || program.starts_with("qemu-")) {
    return {{"ps -f -p " + pid}, {"xl shutdown -w DOMAIN-OF-IT"}, {"xl create CONFIGURATION-OF-IT"}};
  }
  return {{"ps -f -p " + pid}, {"kill " + pid}};
}

void check_bypass(const GateFacts& facts, const json& gate, Findings& findings) {
  for (const json& one : gate.value("bypass", json::array())) {
    const std::string path = one.value("program", "");
    const std::string program = std::filesystem::path(path).filename();
    const std::string way = one.value("way", "");
    if (one.value("expected", false)) continue;
    const std::string pid = one.at("pid").dump();
    findings.push_back({Kind::bypass, (path.empty() ? "a program" : path) + " (pid " + pid + ")",
                        "speaks to xenstored round the gate: " + way, remedy_of(facts, program, pid)});
  }
  if (const std::string unseen = gate.value("bypass_unseen", ""); !unseen.empty()) {
    findings.push_back(
        {Kind::bypass_unseen, facts.socket, "connections cannot be seen: " + unseen, {{"modprobe unix_diag"}}});
  }
}

void check_lines(const GateFacts& facts, const json& lines, Findings& findings) {
  const json& gate = lines.at("gate");
  if (!gate.value("enabled", false)) {
    findings.push_back({Kind::gate_off, kConfiguration, "the gate is switched off", switch_on(facts, "gate")});
  } else if (facts.at_the_name == AtTheName::xenstored || facts.at_the_name == AtTheName::keeper) {
    findings.push_back(
        {Kind::gate_displaced, facts.socket, "the gate runs, but this name does not lead to it", {{restart(facts)}}});
  }
  check_bypass(facts, gate, findings);
  if (!lines.at("guard").value("enabled", false)) {
    findings.push_back({Kind::guard_off, kConfiguration, "the guard is switched off", switch_on(facts, "guard")});
  }
}

void check_modes(const json& status, Findings& findings) {
  if (status.value("mode", "") == "permissive") {
    findings.push_back({Kind::permissive,
                        "the host",
                        "permissive mode: nothing is refused",
                        {{"labeltool audit --denied"}, {"labeltool mode enforcing"}}});
  }
  for (const auto& [label, mode] : status.at("label_modes").items()) {
    if (mode != "permissive") continue;
    findings.push_back({Kind::permissive,
                        "label " + label,
                        "permissive mode: domains of this label are refused nothing",
                        {{"labeltool mode enforcing --label " + shell_word(label)}}});
  }
}

void check_admission(const json& status, Findings& findings) {
  for (const json& adopted : status.at("adopted")) {
    const std::string name = adopted.get<std::string>();
    findings.push_back({Kind::not_admitted,
                        name,
                        "runs, but came round the gate or was there before it",
                        {{"xl shutdown -w " + shell_word(name)}, {"xl create CONFIGURATION-OF-IT"}}});
  }
}

}  // namespace

Findings check_gate(const GateFacts& facts) {
  if (facts.refusal != 0) {
    auto steps = stop_check_start(facts);
    steps.insert(steps.begin(),
                 {facts.systemd ? "df -h /var/lib/xenacm; journalctl -u acm-enforcerd" : "df -h /var/lib/xenacm"});
    return {{Kind::ledger_unreadable, "/var/lib/xenacm/ledger.db", facts.silence, std::move(steps)}};
  }
  if (!facts.status) {
    const bool kept = facts.at_the_name == AtTheName::keeper;
    const bool runs = facts.at_the_name == AtTheName::gate;  // and is stuck
    return {{kept ? Kind::everything_refused : Kind::daemon_silent, "acm-enforcerd", facts.silence,
             runs ? stop_check_start(facts) : std::vector<Step>{{"acm-enforcerd --check"}, {start(facts)}}}};
  }
  Findings findings;
  check_lines(facts, facts.status->at("lines"), findings);
  check_modes(*facts.status, findings);
  check_admission(*facts.status, findings);
  return findings;
}

}  // namespace xenacm::labeltool::doctor
