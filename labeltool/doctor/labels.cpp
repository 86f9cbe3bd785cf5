// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/labels.h"

#include <algorithm>

#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool::doctor {

namespace {

using nlohmann::json;
using suggest::shell_word;

// Of the domain that runs under the binding; none: it does not run.
std::optional<std::string> running_name(const LabelFacts& facts, const json& binding) {
  const auto domain = std::ranges::find_if(facts.domains, [&](const json& one) {
    return one.value("name", "") == binding.value("name", "") ||
           (binding["uuid"].is_string() && one.value("uuid", json()) == binding["uuid"]);
  });
  return domain == facts.domains.end() ? std::nullopt : std::optional(domain->value("name", ""));
}

// A running domain is not relabelled.
std::vector<Step> relabel(const std::optional<std::string>& running, const std::string& bound_as,
                          const std::string& before) {
  std::vector<Step> steps;
  if (running) steps.push_back({"xl shutdown -w " + shell_word(*running)});
  for (const std::string& command : suggest::relabel_domain(bound_as, before, "LABEL")) steps.push_back({command});
  if (running) steps.push_back({"xl create CONFIGURATION-OF-IT"});
  return steps;
}

void check_unlabelled(const LabelFacts& facts, const std::string& name, Findings& findings) {
  const auto binding = std::ranges::find_if(facts.bindings, [&](const json& one) {
    return one.value("name", "") == name || running_name(facts, one) == name;
  });
  const bool bound = binding != facts.bindings.end();  // to a label without meaning
  findings.push_back(
      {Kind::domain_unlabelled, "domain " + name, bound ? "its label has no meaning" : "runs without a label",
       relabel(name, bound ? binding->value("name", "") : name, bound ? binding->value("text", "") : "")});
}

void check_binding(const LabelFacts& facts, const json& binding, Findings& findings) {
  const std::string name = binding.value("name", "");
  const std::string label = binding.value("text", "");
  const auto running = running_name(facts, binding);
  if (!binding.value("valid", true)) {
    findings.push_back({Kind::label_invalid, "domain " + name, "its label is " + label, relabel(running, name, label)});
  }
  if (!facts.configured || facts.configured->contains(name) || running) return;
  findings.push_back({Kind::label_idle,
                      "domain " + name,
                      label + " is bound to it, and neither does it run nor is it configured",
                      {{"labeltool rmlabel mgt " + shell_word(name)}}});
}

// Kinds of finding for which nobody may use the resource, or two records count (docs/resources.md).
bool is_harmful(const json& finding) {
  const std::string kind = finding.value("finding", "");
  return kind != "orphan" && kind != "unbound";
}

void check_resource(const json& resource, Findings& findings) {
  // Each is a way out by itself; first what can be typed as it stands. What gives the label to whatever is there now
  // comes last: that may have been put there for it.
  auto mends = resource.value("mends", std::vector<std::string>());
  std::ranges::stable_partition(mends, [](const std::string& mend) { return !mend.contains("NEWNAME"); });
  std::ranges::stable_partition(mends, [](const std::string& mend) { return !mend.ends_with(" adopt"); });
  if (mends.empty()) mends.emplace_back("labeltool resources --check");
  std::vector<Step> remedy;
  for (const std::string& mend : mends) remedy.push_back({(remedy.empty() ? "" : "# or: ") + mend});
  findings.push_back({is_harmful(resource) ? Kind::resource_contradictory : Kind::resource_idle,
                      resource.value("name", ""), resource.value("label", "") + ": " + resource.value("what", ""),
                      std::move(remedy)});
}

}  // namespace

Findings check_labels(const LabelFacts& facts) {
  Findings findings;
  for (const json& domain : facts.unlabelled) check_unlabelled(facts, domain.get<std::string>(), findings);
  for (const json& binding : facts.bindings) check_binding(facts, binding, findings);
  for (const json& resource : facts.resources) check_resource(resource, findings);
  return findings;
}

}  // namespace xenacm::labeltool::doctor
