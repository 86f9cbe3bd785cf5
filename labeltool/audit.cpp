// SPDX-License-Identifier: Apache-2.0
// labeltool audit [--denied] [--limit N]
#include <iostream>

#include "labeltool/command.h"
#include "labeltool/record_text.h"

namespace xenacm::labeltool {

namespace {

struct Arguments {
  bool denied = false;
  unsigned limit = 1000;
};

Result review(const Context& context, const Arguments& arguments) {
  const auto records = ask(
      context, "GET", "/v1/audit?limit=" + std::to_string(arguments.limit) + (arguments.denied ? "&refused=1" : ""));
  if (!records) return std::unexpected(records.error());
  if (context.json) {
    print_json(*records);
    return {};
  }
  std::cout << table_head() << '\n';
  for (const auto& record : *records) std::cout << table_row(record) << '\n';
  return {};
}

}  // namespace

Command add_audit(CLI::App& app) {
  auto* command = app.add_subcommand("audit", "Show the audit log, oldest record first");
  auto arguments = std::make_shared<Arguments>();
  command->add_flag("--denied", arguments->denied, "refusals alone, and what permissive mode would have refused");
  command->add_option("--limit", arguments->limit, "the newest N records")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  return {command, [arguments](const Context& context) { return review(context, *arguments); }};
}

}  // namespace xenacm::labeltool
