// SPDX-License-Identifier: Apache-2.0
// labeltool audit [--denied] [--limit N], and the table of the commands below it
#include <iostream>
#include <memory>

#include "labeltool/audit_commands.h"
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

Command audit_command() {
  auto arguments = std::make_shared<Arguments>();
  return {"audit",
          "Show the audit log, oldest record first",
          [arguments](Words& words) {
            words.flag("--denied", arguments->denied, "refusals alone, and what permissive mode would have refused")
                .option("--limit", arguments->limit, 1, 10'000, "the newest N records");
          },
          [arguments](const Context& context) { return review(context, *arguments); },
          nullptr,
          {audit_verify_command, audit_checkpoint_command, audit_key_command}};
}

}  // namespace xenacm::labeltool
