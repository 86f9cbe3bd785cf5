// SPDX-License-Identifier: Apache-2.0
// labeltool dumppolicy
#include <iostream>

#include "labeltool/command.h"
#include "labeltool/tables_text.h"

namespace xenacm::labeltool {

namespace {

Result dump_policy(const Context& context) {
  const auto tables = ask(context, "GET", "/v1/policy/tables");
  if (!tables) return std::unexpected(tables.error());
  if (context.json) {
    print_json(*tables);
  } else {
    std::cout << tables_text(*tables);
  }
  return {};
}

}  // namespace

Command dumppolicy_command() {
  return {"dumppolicy", "Show the tables that the policy was compiled to, and what is counted in them", [](Words&) {},
          dump_policy, "No arguments expected."};
}

}  // namespace xenacm::labeltool
