// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/labels.h"

#include <algorithm>

#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool::doctor {

namespace {

using nlohmann::json;
using suggest::shell_word;

bool runs(const LabelFacts& facts, const json& binding) {
  return std::ranges::any_of(facts.domains, [&](const json& domain) {
    return domain.value("name", "") == binding.value("name", "") ||
           (binding["uuid"].is_string() && domain.value("uuid", json()) == binding["uuid"]);
  });
}

void check_binding(const LabelFacts& facts, const json& binding, Findings& findings) {
  const std::string name = binding.value("name", "");
  const std::string label = binding.value("text", "");
  if (!binding.value("valid", true)) {
    findings.push_back(
        {Kind::label_invalid,
         "domain " + name,
         "its label is " + label,
         {{"labeltool rmlabel mgt " + shell_word(name)}, {"labeltool addlabel LABEL mgt " + shell_word(name)}}});
  }
  if (!facts.configured || facts.configured->contains(name) || runs(facts, binding)) return;
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
  // Each is a way out by itself; first what can be typed as it stands.
  auto mends = resource.value("mends", std::vector<std::string>());
  std::ranges::stable_partition(mends, [](const std::string& mend) { return !mend.contains("NEWNAME"); });
  std::vector<Step> remedy;
  for (const std::string& mend : mends) remedy.push_back({(remedy.empty() ? "" : "# or: ") + mend});
  findings.push_back({is_harmful(resource) ? Kind::resource_contradictory : Kind::resource_idle,
                      resource.value("name", ""), resource.value("label", "") + ": " + resource.value("what", ""),
                      std::move(remedy)});
}

}  // namespace

Findings check_labels(const LabelFacts& facts) {
  Findings findings;
  for (const json& domain : facts.unlabelled) {
    const std::string name = domain.get<std::string>();
    findings.push_back({Kind::domain_unlabelled,
                        "domain " + name,
                        "runs without a label",
                        {{"xl shutdown -w " + shell_word(name)},
                         {"labeltool addlabel LABEL mgt " + shell_word(name)},
                         {"xl create CONFIGURATION-OF-IT"}}});
  }
  for (const json& binding : facts.bindings) check_binding(facts, binding, findings);
  for (const json& resource : facts.resources) check_resource(resource, findings);
  return findings;
}

}  // namespace xenacm::labeltool::doctor
