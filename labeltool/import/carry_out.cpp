// SPDX-License-Identifier: Apache-2.0
#include "labeltool/import/carry_out.h"

#include <span>

#include "enforcer/api/client.h"
#include "labeltool/label_words.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

constexpr const char* kTakenHistory = "/v1/policy/history";

// The number in the history of the policy that is in force.
std::expected<std::string, Failure> present_number(const Context& context) {
  const auto history = ask(context, "GET", kTakenHistory);
  if (!history) return std::unexpected(history.error());
  return std::to_string(history->back().value("number", 0));
}

// Adds to the details what is left behind.
void take_back(const Context& context, std::span<const Import> done, const std::string& policy_before,
               Failure& failure) {
  for (const Import& label : done) {
    if (const auto gone = ask(context, "DELETE", label_target(label)); !gone) {
      failure.details.push_back(label.name + " keeps the label '" + label.label + "': " + gone.error().message);
    }
  }
  if (policy_before.empty()) return;
  const auto back = ask(context, "POST", std::string(kTakenHistory) + "/" + policy_before + "/restore?force=1");
  if (!back) {
    failure.details.push_back("the imported policy stays set (labeltool policy rollback " + policy_before +
                              " takes it back): " + back.error().message);
  }
}

json body_of(const Import& label) {
  json body{{"label", label.label}};
  if (label.uuid) body["uuid"] = *label.uuid;
  return body;
}

}  // namespace

std::string label_target(const Import& import) {
  return import.kind == Labelled::resource ? resource_label_target(import.name) : domain_label_target(import.name);
}

Result carry_out(const Context& context, const PolicyFile& policy, bool set_policy, const std::vector<Import>& labels) {
  std::string before;
  if (set_policy) {
    const auto number = present_number(context);
    if (!number) return std::unexpected(number.error());
    const auto set = ask_text(context, "PUT", "/v1/policy" + query_of(policy, false), policy.text, "application/xml");
    if (!set) return std::unexpected(introduced(set.error(), "An error occurred trying to set the policy: "));
    before = *number;
  }
  for (std::size_t done = 0; done < labels.size(); ++done) {
    const auto verdict = ask(context, "PUT", label_target(labels[done]), body_of(labels[done]));
    if (verdict) continue;
    Failure failure = verdict.error();
    failure.message =
        labels[done].origin + ": " + labels[done].name + ": " + failure.message + " Policy and labels are taken back.";
    take_back(context, std::span(labels).first(done), before, failure);
    return std::unexpected(std::move(failure));
  }
  return {};
}

}  // namespace xenacm::labeltool
