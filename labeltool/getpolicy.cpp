// SPDX-License-Identifier: Apache-2.0
// labeltool getpolicy [--dumpxml]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/policy_text.h"

namespace xenacm::labeltool {

Result print_policy(const Context& context, bool with_document) {
  auto policy = ask(context, "GET", "/v1/policy");
  if (!policy) return std::unexpected(policy.error());
  std::expected<std::string, Failure> document{""};
  if (with_document) document = ask_text(context, "GET", "/v1/policy/document", "", "application/json");
  if (!document) return std::unexpected(document.error());
  if (context.json) {
    if (with_document) (*policy)["document"] = *document;
    print_json(*policy);
    return {};
  }
  std::cout << "Supported security subsystems   : ACM\n\n"
            << "Policy name           : " << policy->value("name", "") << "\n"
            << "Policy type           : " << policy->value("type", "") << "\n"
            << "Version of XML policy : " << policy->value("version", "") << "\n"
            << "Policy configuration  : loaded\n"
            << *document;
  return {};
}

Command getpolicy_command() {
  auto dump = std::make_shared<bool>(false);
  return {"getpolicy", "Show the policy of this host",
          [dump](Words& words) { words.flag("--dumpxml", *dump, "show its XML document too"); },
          [dump](const Context& context) { return print_policy(context, *dump); }};
}

}  // namespace xenacm::labeltool
