// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/run.h"

#include <algorithm>

#include "labeltool/scenario/host.h"
#include "labeltool/scenario/text.h"

namespace xenacm::labeltool::scenario {

namespace {

using monitor::Reason;

// "deny (rule resource, message "denied")"
std::string expected_text(const Expectation& expected) {
  std::string details;
  if (expected.rule) details += "rule " + *expected.rule;
  if (expected.message) details += (details.empty() ? "" : ", ") + ("message \"" + *expected.message + "\"");
  return (expected.allowed ? "allow" : "deny") + (details.empty() ? "" : " (" + details + ")");
}

bool meets(const Reason& reason, const Expectation& expected) {
  return (!expected.rule || *expected.rule == monitor::to_text(reason.rule)) &&
         (!expected.message || reason.message.find(*expected.message) != std::string::npos);
}

// Where nothing is said against a step there is nothing that a rule or a message could be of; what cannot be carried
// out has a message, but no rule of the policy refuses it.
bool meets(const Answer& answer, const Expectation& expected) {
  if (answer.allowed != expected.allowed) return false;
  if (!expected.rule && !expected.message) return true;
  if (!answer.hindrance.empty()) {
    return !expected.rule && answer.hindrance.find(*expected.message) != std::string::npos;
  }
  return std::ranges::any_of(answer.reasons, [&](const Reason& reason) { return meets(reason, expected); });
}

const Reason* told(const Answer& answer, const Expectation& expected) {
  if (answer.reasons.empty()) return nullptr;
  const auto met = std::ranges::find_if(answer.reasons, [&](const Reason& reason) { return meets(reason, expected); });
  return met != answer.reasons.end() ? &*met : &answer.reasons.front();
}

std::string was(const Answer& answer, const StepResult& result) {
  std::string decision = answer.allowed ? "allow" : "deny";
  if (!answer.hindrance.empty()) return decision + ", which no rule says: " + answer.hindrance;
  if (result.rule.empty()) return decision;
  return decision + (answer.allowed ? ", in permissive mode, against " : ", ") + result.rule + ": " + result.message;
}

// "expected 2 running of type A-Bank, are 1"
void compare_counts(const monitor::State& state, const Expectation& expected, std::vector<std::string>& mismatches) {
  const auto& types = state.tables().chw_types;
  for (const auto& [type, count] : expected.running) {
    const auto found = std::ranges::find(types, type);
    if (found == types.end()) {
      mismatches.push_back("expected running '" + type + "', which is no Chinese Wall type of the policy");
      continue;
    }
    const std::int64_t running = state.wall().running()[static_cast<std::size_t>(found - types.begin())];
    if (running == count) continue;
    mismatches.push_back("expected " + std::to_string(count) + " running of type " + type + ", are " +
                         std::to_string(running));
  }
}

StepResult result_of(const Step& step, const Host& host, const Answer& answer) {
  StepResult result{.line = step.line,
                    .word = word_of(step.deed),
                    .subject = subject_of(step.deed),
                    .expected = step.expected.allowed,
                    .allowed = answer.allowed,
                    .rule = {},
                    .message = answer.hindrance,
                    .mismatches = {}};
  if (const auto* start = std::get_if<Start>(&step.deed)) {
    result.subject += " (" + start->label.value_or(host.label_of(start->domain).label) + ")";
  }
  if (const Reason* reason = told(answer, step.expected)) {
    result.rule = monitor::to_text(reason->rule);
    result.message = reason->message;
  }
  if (!meets(answer, step.expected)) {
    result.mismatches.push_back("expected " + expected_text(step.expected) + ", was " + was(answer, result));
  }
  compare_counts(host.state(), step.expected, result.mismatches);
  return result;
}

}  // namespace

std::vector<StepResult> run(const Scenario& scenario, Coverage& coverage) {
  Host host(scenario.policy);
  coverage.note(host.state());
  std::vector<StepResult> results;
  for (const Step& step : scenario.steps) {
    const Answer answer = host.play(step.deed);
    coverage.note(host, step.deed, answer);
    results.push_back(result_of(step, host, answer));
  }
  return results;
}

}  // namespace xenacm::labeltool::scenario
