// SPDX-License-Identifier: Apache-2.0
// labeltool labels [policy] [type=dom|res|any]
#include <iostream>
#include <memory>

#include "enforcer/api/client.h"
#include "labeltool/command.h"

namespace xenacm::labeltool {

namespace {

struct Selection {
  std::string policy;  // empty: the enforced one
  std::string type;    // empty: dom
};

std::expected<Selection, Failure> select(const std::vector<std::string>& words) {
  Selection selection;
  for (const std::string& word : words) {
    const bool is_type = word.starts_with("type=");
    std::string& target = is_type ? selection.type : selection.policy;
    if (!target.empty())
      return std::unexpected(Failure{(is_type ? "type" : "policy") + std::string(" is defined twice")});
    target = is_type ? word.substr(5) : word;
  }
  return selection;
}

Result list_labels(const Context& context, const std::vector<std::string>& words) {
  const auto selection = select(words);
  if (!selection) return std::unexpected(selection.error());
  const std::string type = selection->type.empty() ? "dom" : selection->type;
  const auto answer = ask(context, "GET", "/v1/labels?type=" + api::encoded(type));
  if (!answer) return std::unexpected(answer.error());
  const std::string policy = answer->value("policy", "");
  if (!selection->policy.empty() && selection->policy != policy) {
    return std::unexpected(Failure{"Policy '" + selection->policy + "' is not the enforced policy '" + policy + "'."});
  }
  if (context.json) {
    print_json(*answer);
    return {};
  }
  for (const auto& label : answer->at("labels")) std::cout << label.get<std::string>() << '\n';
  return {};
}

}  // namespace

Command labels_command() {
  auto selection = std::make_shared<std::vector<std::string>>();
  return {"labels", "List the labels of the policy",
          [selection](Words& words) {
            words.up_to(2, "selection", *selection, "[policy] [type=dom|res|any]; dom if not given");
          },
          [selection](const Context& context) { return list_labels(context, *selection); }};
}

}  // namespace xenacm::labeltool
