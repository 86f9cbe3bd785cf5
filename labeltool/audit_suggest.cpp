// SPDX-License-Identifier: Apache-2.0
// labeltool audit suggest [RECORD]
#include <iostream>
#include <memory>

#include "labeltool/audit_commands.h"
#include "labeltool/record_text.h"
#include "labeltool/review/filter.h"
#include "labeltool/suggest/rules.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;
using suggest::Situation;

// The label as the policy in force has it; empty: it has none that counts under it.
std::string label_of(const json& label, const policy::Tables& tables) {
  const bool counts = label.is_object() && label.value("valid", false) && label.value("policy", "") == tables.ref.name;
  return counts ? label.value("label", "") : "";
}

std::expected<Situation, Failure> present_situation(const Context& context) {
  const auto document = ask_text(context, "GET", "/v1/policy/document", "", "application/json");
  if (!document) return std::unexpected(document.error());
  auto compiled = policy::compile_document(*document);
  if (!compiled) return std::unexpected(Failure{"The policy in force cannot be read; labeltool checkpolicy tells why"});
  const auto domain0 = ask(context, "GET", domain_label_target("Domain-0"));
  if (!domain0) return std::unexpected(domain0.error());
  const auto domains = ask(context, "GET", "/v1/domains");
  if (!domains) return std::unexpected(domains.error());
  Situation situation{.policy = *std::move(compiled), .domain0_label = {}, .running = {}};
  situation.domain0_label = label_of(*domain0, situation.tables());
  for (const json& domain : *domains) {
    if (domain.value("domid", 0) == 0) continue;
    situation.running.push_back({domain.value("name", ""), label_of(domain.at("label"), situation.tables())});
  }
  return situation;
}

std::string reason_text(const json& reason, const suggest::Answer& answer) {
  std::string text = "\n" + printable(reason.value("rule", "") + ": " + reason.value("message", "")) + "\n";
  std::size_t number = 0;
  for (const suggest::Suggestion& suggestion : answer.suggestions) {
    text += suggest::suggestion_text(++number, suggestion);
  }
  return answer.note.empty() ? text : text + "   " + printable(answer.note) + "\n";
}

json reason_json(const json& reason, const suggest::Answer& answer) {
  json suggestions = json::array();
  for (const suggest::Suggestion& suggestion : answer.suggestions) {
    suggestions.push_back(suggest::suggestion_json(suggestion));
  }
  return {{"rule", reason.value("rule", "")},
          {"message", reason.value("message", "")},
          {"note", answer.note},
          {"suggestions", suggestions}};
}

Result print_text(const json& record, const Situation& situation) {
  const policy::PolicyRef& policy = situation.tables().ref;
  std::cout << headline(record) << "What would allow it, tried on a copy of " << printable(policy.name) << " "
            << policy.version.text() << ", the policy in force, and beside what runs now:\n";
  const json& reasons = record.at("reasons");
  for (const json& reason : reasons) std::cout << reason_text(reason, suggest::answer(reason, situation));
  if (reasons.size() > 1) std::cout << "\nEach of the " << reasons.size() << " reasons has to be met.\n";
  std::cout
      << "\nNothing was changed. A change of the policy: labeltool getpolicy --dumpxml, edit, labeltool diffpolicy, "
         "labeltool setpolicy --dry-run.\n";
  return {};
}

Result print_as_json(const json& record, const Situation& situation) {
  const policy::PolicyRef& policy = situation.tables().ref;
  json reasons = json::array();
  for (const json& reason : record.at("reasons")) {
    reasons.push_back(reason_json(reason, suggest::answer(reason, situation)));
  }
  print_json({{"record", record.value("seq", std::int64_t{0})},
              {"policy", {{"name", policy.name}, {"version", policy.version.text()}}},
              {"reasons", reasons}});
  return {};
}

Result suggest_for(const Context& context, unsigned number) {
  const auto record = review::one_record(context, number);
  if (!record) return std::unexpected(record.error());
  const std::string decision = record->value("decision", "");
  if (decision != "deny" && decision != "would-deny") {
    return std::unexpected(
        Failure{"Record " + std::to_string(record->value("seq", 0)) + " is no refusal: nothing needs to be allowed."});
  }
  const auto situation = present_situation(context);
  if (!situation) return std::unexpected(situation.error());
  if (situation->tables().ref.name == policy::kDefaultPolicyName) {
    return std::unexpected(
        Failure{"Under the DEFAULT policy no domain may start: set another first (labeltool setpolicy)."});
  }
  return context.json ? print_as_json(*record, *situation) : print_text(*record, *situation);
}

}  // namespace

Command audit_suggest_command() {
  auto record = std::make_shared<unsigned>(0);
  return {"suggest", "Tell what would allow a refusal, and what else that would allow",
          [record](Words& words) {
            words.optional("record", *record, "number of the audit record; none: the last refusal");
          },
          [record](const Context& context) { return suggest_for(context, *record); }};
}

}  // namespace xenacm::labeltool
