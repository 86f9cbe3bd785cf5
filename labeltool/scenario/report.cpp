// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "enforcer/monitor/json.h"
#include "labeltool/command.h"

namespace xenacm::labeltool::scenario {

using nlohmann::json;

namespace {

const char* decision(bool allowed) { return allowed ? "allow" : "deny"; }

// "deny, ste: the two labels share no STE type"
std::string outcome(const StepResult& step) {
  if (!step.passed()) return fmt::format("{}", fmt::join(step.mismatches, "; "));
  if (step.rule.empty()) return step.message.empty() ? decision(step.allowed) : "deny, " + step.message;
  return fmt::format("{}{} {}: {}", decision(step.allowed), step.allowed ? ", in permissive mode, against" : ",",
                     step.rule, step.message);
}

std::string line(const std::string& file, const StepResult& step) {
  const std::string subject = step.subject.empty() ? "" : " " + step.subject;
  return printable(fmt::format("{}  {}:{} {}{}: {}", step.passed() ? "ok  " : "FAIL", file, step.line, step.word,
                               subject, outcome(step))) +
         "\n";
}

std::string row(const char* kind, const std::vector<std::string>& names) {
  return printable(fmt::format("  {:<20}{}", kind, names.empty() ? "-" : fmt::format("{}", fmt::join(names, ", ")))) +
         "\n";
}

std::string set_text(const UntouchedSet& set) {
  return fmt::format("{} {{{}}} (line {})", set.name, fmt::join(set.types, ", "), set.line);
}

json step_json(const StepResult& step) {
  json value{{"line", step.line},
             {"do", step.word},
             {"subject", step.subject},
             {"expected", decision(step.expected)},
             {"actual", decision(step.allowed)},
             {"rule", step.rule},
             {"message", step.message},
             {"ok", step.passed()}};
  if (!step.passed()) value["mismatches"] = step.mismatches;
  return value;
}

}  // namespace

Totals count(const std::vector<FileResult>& files) {
  Totals totals;
  for (const FileResult& file : files) {
    if (!file.errors.empty()) ++totals.failed;
    for (const StepResult& step : file.steps) ++(step.passed() ? totals.passed : totals.failed);
  }
  return totals;
}

std::string to_text(const std::vector<FileResult>& files) {
  std::string text;
  for (const FileResult& file : files) {
    for (const std::string& error : file.errors) text += printable(error) + "\n";
    if (!file.errors.empty()) text += printable("FAIL  " + file.file + ": not a scenario") + "\n";
    for (const StepResult& step : file.steps) text += line(file.file, step);
  }
  return text;
}

std::string to_text(const std::vector<Untouched>& coverage) {
  std::string text;
  for (const Untouched& rest : coverage) {
    std::vector<std::string> sets;
    for (const UntouchedSet& set : rest.conflict_sets) sets.push_back(set_text(set));
    text += printable("not touched of " + rest.policy.name + " " + rest.policy.version.text()) + "\n";
    text += row("VM labels", rest.vm_labels) + row("resource labels", rest.resource_labels);
    text += row("STE types", rest.ste_types) + row("Chinese Wall types", rest.chw_types) + row("conflict sets", sets);
  }
  return text;
}

std::string to_text(const Totals& totals) {
  return fmt::format("{} passed, {} failed\n", totals.passed, totals.failed);
}

json to_json(const std::vector<FileResult>& files) {
  const Totals totals = count(files);
  json list = json::array();
  for (const FileResult& file : files) {
    json steps = json::array();
    for (const StepResult& step : file.steps) steps.push_back(step_json(step));
    list.push_back({{"file", file.file}, {"name", file.name}, {"steps", std::move(steps)}});
    if (!file.errors.empty()) list.back()["errors"] = file.errors;
  }
  return {{"passed", totals.passed}, {"failed", totals.failed}, {"files", std::move(list)}};
}

json to_json(const std::vector<Untouched>& coverage) {
  json list = json::array();
  for (const Untouched& rest : coverage) {
    json sets = json::array();
    for (const UntouchedSet& set : rest.conflict_sets) {
      sets.push_back({{"name", set.name}, {"line", set.line}, {"types", set.types}});
    }
    list.push_back({{"policy", monitor::to_json(rest.policy)},
                    {"untouched",
                     {{"vm_labels", rest.vm_labels},
                      {"resource_labels", rest.resource_labels},
                      {"ste_types", rest.ste_types},
                      {"chw_types", rest.chw_types},
                      {"conflict_sets", std::move(sets)}}}});
  }
  return list;
}

}  // namespace xenacm::labeltool::scenario
