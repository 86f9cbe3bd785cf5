// SPDX-License-Identifier: Apache-2.0
// labeltool audit key
#include <iostream>

#include "labeltool/audit_commands.h"
#include "labeltool/audit_pages.h"

namespace xenacm::labeltool {

namespace {

Result show_key(const Context& context) {
  const auto key = audit_key(context);
  if (!key) return std::unexpected(key.error());
  if (context.json) {
    print_json({{"key", key->id()}, {"public_key", key->pem()}});
  } else {
    std::cout << key->pem();
  }
  return {};
}

}  // namespace

Command audit_key_command() {
  return {"key", "Print the public key that checkpoints are signed with", [](Words&) {}, show_key};
}

}  // namespace xenacm::labeltool
