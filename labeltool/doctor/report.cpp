// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "enforcer/api/printable.h"

namespace xenacm::labeltool::doctor {

namespace {

using Json = nlohmann::json;
using api::printable;

Severity severity_of(const Finding& finding) { return meaning(finding.kind).severity; }

std::string text_of(const Finding& finding) {
  const Meaning& what = meaning(finding.kind);
  std::string text = fmt::format("{:<8}  {}: {}\n  where   {}\n  why     {}\n", to_text(what.severity), what.name,
                                 printable(finding.what), printable(finding.where), what.why);
  const char* head = "remedy";
  for (const Step& step : finding.remedy) {
    const std::string in = step.in.empty() ? "" : "in " + printable(step.in) + ": ";
    text += fmt::format("  {:<7} {}{}\n", std::exchange(head, ""), in, printable(step.command));
  }
  return text;
}

std::string count_text(const Findings& findings) {
  const auto count = [&](Severity severity) { return std::ranges::count(findings, severity, severity_of); };
  return fmt::format("{} critical, {} warnings, {} notices", count(Severity::critical), count(Severity::warning),
                     count(Severity::notice));
}

}  // namespace

void sort_by_severity(Findings& findings) { std::ranges::stable_sort(findings, std::ranges::greater(), severity_of); }

std::string text_of(const Report& report) {
  std::string text =
      fmt::format("Xen {}; xenstored: {}; {}\nhooks: {}\n", printable(report.xen),
                  report.xenstored.empty() ? "none" : report.xenstored,
                  report.daemon.empty() ? "acm-enforcerd: does not answer" : printable(report.daemon), report.hooks);
  for (const Finding& finding : report.findings) text += "\n" + text_of(finding);
  for (const std::string& unseen : report.unseen) text += "\ncould not look at " + printable(unseen) + "\n";
  text += "\n";
  if (!report.findings.empty()) return text + count_text(report.findings) + "\n";
  return text + (report.unseen.empty() ? "Nothing to do.\n" : "Nothing was found where it could be looked.\n");
}

Json json_of(const Report& report) {
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    const Meaning& what = meaning(finding.kind);
    Json remedy = Json::array();
    for (const Step& step : finding.remedy) {
      remedy.push_back({{"in", step.in.empty() ? "Domain-0" : step.in}, {"command", step.command}});
    }
    findings.push_back({{"severity", to_text(what.severity)},
                        {"finding", what.name},
                        {"what", finding.what},
                        {"where", finding.where},
                        {"why", what.why},
                        {"remedy", remedy}});
  }
  return {{"xen", report.xen},     {"xenstored", report.xenstored}, {"daemon", report.daemon},
          {"hooks", report.hooks}, {"findings", findings},          {"unseen", report.unseen}};
}

int status_of(const Report& report) {
  constexpr int kCouldNotLook = 2;
  if (!report.unseen.empty()) return kCouldNotLook;
  const bool of_weight =
      std::ranges::any_of(report.findings, [](const Finding& one) { return severity_of(one) > Severity::notice; });
  return of_weight ? 1 : 0;
}

}  // namespace xenacm::labeltool::doctor
