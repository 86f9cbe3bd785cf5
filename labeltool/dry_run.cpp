// SPDX-License-Identifier: Apache-2.0
// labeltool dry-run CONFIGFILE [--explain]
#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>

#include "enforcer/api/verdict_text.h"
#include "labeltool/command.h"
#include "labeltool/domain_config.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

constexpr const char* kUnlabeled = "__UNLABELED__";

std::string text(const json& object, const char* key) { return printable(object.value(key, "")); }

// The reasons that concern a device; with "", the domain itself.
std::vector<json> reasons_of(const json& verdict, const std::string& device) {
  std::vector<json> found;
  std::ranges::copy_if(verdict.at("reasons"), std::back_inserter(found),
                       [&](const json& reason) { return reason.value("device", "") == device; });
  return found;
}

void print_line(const std::string& name, bool permitted) {
  std::cout << "   " << name << (permitted ? ": PERMITTED\n" : ": DENIED\n");
}

// "LABEL (ACM:POLICY)".
std::string label_words(const std::string& label, const std::string& policy) {
  return printable(label) + " (ACM:" + printable(policy) + ")";
}

// Whether the two labels tell why the device is refused: not where the resource's is none of this policy's, which the
// message explains.
bool is_about_labels(const json& reason) {
  if (reason.value("rule", "") != "resource" || !reason.contains("object")) return false;
  const json& object = reason.at("object");
  return object.value("label", "") == kUnlabeled || object.value("line", 0) > 0;
}

void print_reason(const json& verdict, const json& reason) {
  if (!is_about_labels(reason)) {
    std::cout << "   --> " << text(reason, "message") << '\n';
    return;
  }
  const std::string policy = verdict.at("policy").value("name", "");
  const json& resource = reason.at("object");
  const bool has_label = resource.value("line", 0) > 0;
  std::cout << "   --> res: " << label_words(resource.value("label", ""), has_label ? policy : "NULL") << '\n'
            << "   --> dom: " << label_words(reason.at("subject").value("label", ""), policy) << '\n';
}

void print_domain(const json& answer) {
  const auto reasons = reasons_of(answer.at("verdict"), "");
  std::cout << "Checking domain:\n";
  print_line(text(answer, "name"), reasons.empty());
  for (const json& reason : reasons) std::cout << "   --> " << text(reason, "message") << '\n';
}

void print_devices(const json& answer) {
  std::cout << "Checking resources:\n";
  for (const json& device : answer.at("devices")) {
    const bool permitted = device.value("decision", "") == "allow";
    print_line(text(device, "name"), permitted);
    for (const json& reason : reasons_of(answer.at("verdict"), device.value("device", ""))) {
      print_reason(answer.at("verdict"), reason);
    }
  }
}

Result conclude(bool passed) {
  // All is said already: the status is what is left.
  return passed ? Result() : std::unexpected(Failure{});
}

Result dry_run(const Context& context, const std::string& file, bool explain) {
  auto answer = ask_start(context, file);
  if (!answer) return std::unexpected(answer.error());
  const json& verdict = answer->at("verdict");
  const std::string decision = verdict.value("decision", "");
  const bool passed = decision != "deny";
  if (context.json) {
    (*answer)["passed"] = passed;
    print_json(*answer);
    return conclude(passed);
  }
  print_domain(*answer);
  if (answer->at("devices").is_null()) {
    std::cout << "Checking resources: (skipped)\n";
  } else {
    print_devices(*answer);
  }
  if (explain) std::cout << api::explain_reasons(verdict);
  if (decision == "would-deny")
    std::cout << "Permissive mode: it would start all the same, and the denial be recorded.\n";
  std::cout << (passed ? "Dry Run: PASSED\n" : "Dry Run: FAILED\n");
  return conclude(passed);
}

}  // namespace

Command dry_run_command() {
  struct DryRunArguments {
    std::string file;
    bool explain = false;
  };
  auto arguments = std::make_shared<DryRunArguments>();
  return {"dry-run", "Ask whether the domain of a configuration could start now, with each of its devices",
          [arguments](Words& words) {
            words.required("configfile", arguments->file, "xl configuration; looked for here, then in /etc/xen")
                .flag("--explain", arguments->explain, "explain every denial as why does");
          },
          [arguments](const Context& context) { return dry_run(context, arguments->file, arguments->explain); },
          "Invalid number of arguments"};
}

}  // namespace xenacm::labeltool
