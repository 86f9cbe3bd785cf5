// SPDX-License-Identifier: Apache-2.0
// labeltool diffpolicy OLDER NEWER
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/difference_text.h"

namespace xenacm::labeltool {

namespace {

Result diff_policies(const Context& context, const std::string& older, const std::string& newer) {
  const auto before = read_document(older);
  if (!before) return std::unexpected(before.error());
  const auto after = read_document(newer);
  if (!after) return std::unexpected(after.error());
  const auto change = compare(*before, *after);
  if (!change) return std::unexpected(change.error());
  if (context.json) {
    print_json(difference_json(*change));
  } else {
    std::cout << difference_text(*change);
  }
  return {};
}

}  // namespace

Command diffpolicy_command() {
  struct DiffpolicyArguments {
    std::string older, newer;
  };
  auto arguments = std::make_shared<DiffpolicyArguments>();
  return {"diffpolicy", "Show what changes from one policy document to another; asks no daemon",
          [arguments](Words& words) {
            words.required("older", arguments->older, "the document, or the name of its policy as setpolicy takes it")
                .required("newer", arguments->newer, "the same");
          },
          [arguments](const Context& context) { return diff_policies(context, arguments->older, arguments->newer); }};
}

}  // namespace xenacm::labeltool
