// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/records.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace xenacm::labeltool::doctor {

namespace {

using nlohmann::json;

constexpr const char* kLedger = "/var/lib/xenacm/ledger.db";

std::string utc(Micros time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(time.count() / 1'000'000)));
}

}  // namespace

Findings check_records(const RecordFacts& facts) {
  Findings findings;
  if (!facts.state.at("writable").get<bool>()) {
    findings.push_back({Kind::audit_unwritable,
                        kLedger,
                        facts.state.value("error", ""),
                        {{"df -h /var/lib/xenacm; journalctl -u acm-enforcerd"}}});
  }
  if (facts.unsound) {
    findings.push_back({Kind::audit_unsound,
                        "record " + std::to_string(facts.unsound->seq),
                        facts.unsound->message,
                        {{"labeltool audit verify"}}});
  }
  if (!facts.is_signed) {
    findings.push_back({Kind::audit_unsigned,
                        kLedger,
                        "there is no key that the audit log could be signed with",
                        {{"journalctl -u acm-enforcerd | grep -i key"}, {"systemctl restart acm-enforcerd"}}});
  }
  if (const std::string error = facts.state.value("archive_error", ""); !error.empty()) {
    findings.push_back({Kind::audit_archive, "/var/lib/xenacm", error, {{"df -h /var/lib/xenacm"}}});
  }
  for (const json& output : facts.state.at("outputs")) {
    const std::string error = output.value("error", "");
    if (error.empty()) continue;
    findings.push_back({Kind::audit_output,
                        "output " + output.value("name", ""),
                        "stands at record " + output.at("position").dump() + ": " + error,
                        {{"journalctl -u acm-enforcerd"}}});
  }
  return findings;
}

Findings check_clock(const ClockFacts& facts) {
  Findings findings;
  if (facts.now < facts.latest) {
    // The next whole second after the record.
    const auto after = facts.latest.count() / 1'000'000 + 1;
    const std::string set = fmt::format("date -s @{}", after);
    findings.push_back({Kind::clock_back, "the clock of Domain-0",
                        "it shows " + utc(facts.now) + " UTC, and there is a record of " + utc(facts.latest),
                        facts.systemd ? std::vector<Step>{{"timedatectl set-ntp true"}, {"timedatectl timesync-status"}}
                                      : std::vector<Step>{{set}}});
  }
  if (facts.systemd && !facts.synchronised) {
    findings.push_back({Kind::clock_unsynchronised,
                        "the clock of Domain-0",
                        "nothing keeps it in time",
                        {{"timedatectl set-ntp true"}}});
  }
  return findings;
}

}  // namespace xenacm::labeltool::doctor
