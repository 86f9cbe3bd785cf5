// SPDX-License-Identifier: Apache-2.0
// labeltool resources [--check | --repair [NAME MEND [NEWNAME]]]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/resource_findings.h"

namespace xenacm::labeltool {

namespace {

struct ResourcesArguments {
  bool check = false;
  bool repair = false;
  std::vector<std::string> words;
};

Result list_resources(const Context& context) {
  const auto resources = ask(context, "GET", "/v1/resources");
  if (!resources) return std::unexpected(resources.error());
  if (context.json) {
    print_json(*resources);
    return {};
  }
  for (const auto& resource : *resources) {
    std::cout << printable(resource.value("name", ""))
              << "\n      type: " << (resource.value("valid", false) ? "ACM" : "INV_ACM")
              << "\n    policy: " << printable(resource.value("policy", ""))
              << "\n     label: " << printable(resource.value("label", "")) << '\n';
  }
  return {};
}

Result run(const Context& context, const ResourcesArguments& arguments) {
  if (arguments.check && arguments.repair) {
    return std::unexpected(Failure{"--check and --repair are two questions; ask one at a time"});
  }
  if (arguments.repair) return repair_resources(context, arguments.words);
  if (!arguments.words.empty()) {
    return std::unexpected(Failure{"No arguments required ('" + arguments.words.front() +
                                   "' is one too many; the form is resources [--check], or resources --repair NAME "
                                   "MEND)"});
  }
  return arguments.check ? check_resources(context) : list_resources(context);
}

}  // namespace

Command resources_command() {
  auto arguments = std::make_shared<ResourcesArguments>();
  return {"resources", "List the labelled resources, and what became of them",
          [arguments](Words& words) {
            words.up_to(3, "repair", arguments->words, "with --repair: NAME MEND [NEWNAME]")
                .flag("--check", arguments->check, "show labels whose name and thing have come apart")
                .flag(
                    "--repair", arguments->repair,
                    "show them with the commands that mend them, or mend one: NAME adopt, NAME rename NEWNAME or NAME "
                    "forget_mark");
          },
          [arguments](const Context& context) { return run(context, *arguments); }};
}

}  // namespace xenacm::labeltool
