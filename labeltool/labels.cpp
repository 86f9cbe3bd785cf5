// SPDX-License-Identifier: Apache-2.0
// labeltool labels [policy] [type=dom|res|any]
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include "enforcer/api/client.h"
#include "labeltool/command.h"
#include "labeltool/policy_file.h"
#include "policy/compiler.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

struct Selection {
  std::optional<std::string> policy;  // none: the enforced one
  std::string type;
};

std::expected<Selection, Failure> select(const std::vector<std::string>& words) {
  std::optional<std::string> policy;
  std::optional<std::string> type;
  for (const std::string& word : words) {
    const bool is_type = word.starts_with("type=");
    // A path may hold what it likes.
    if (!is_type && word.find('=') != std::string::npos && word.find('/') == std::string::npos) {
      return std::unexpected(Failure{"Unrecognised option: " + word});
    }
    std::optional<std::string>& target = is_type ? type : policy;
    if (target) return std::unexpected(Failure{(is_type ? "type" : "policy") + std::string(" is defined twice")});
    target = is_type ? word.substr(5) : word;
  }
  Selection selection{.policy = policy, .type = type.value_or("dom")};
  if (selection.type != "dom" && selection.type != "res" && selection.type != "any") {
    return std::unexpected(Failure{"Unknown label type '" + selection.type + "'; the types are dom, res and any"});
  }
  return selection;
}

// In the form of the daemon's answer, and by the same rules: byte order, each name once, __UNLABELED__ where the policy
// declares it.
json labels_of(const policy::Policy& policy, const std::string& type) {
  std::set<std::string> names;
  if (type != "res") {
    for (const policy::VmLabel& label : policy.vm_labels) names.insert(label.name.text);
  }
  if (type != "dom") {
    for (const policy::ResourceLabel& label : policy.resource_labels) names.insert(label.name.text);
  }
  return {{"policy", policy.header.name.text}, {"labels", names}};
}

std::expected<json, Failure> labels_in_file(const std::string& name, const std::string& type) {
  const std::filesystem::path path = find_policy_file(name);
  if (!std::filesystem::exists(path)) {
    return std::unexpected(Failure{"Policy file '" + path.string() + "' not found."});
  }
  const auto file = read_policy_file(name);
  if (!file) return std::unexpected(file.error());
  const auto compiled = policy::compile_document(file->text);
  if (compiled) return labels_of(compiled->policy, type);
  Failure failure{"Policy file '" + path.string() + "' is not a valid policy.", {}};
  for (const policy::Diagnostic& diagnostic : compiled.error()) {
    failure.details.push_back(policy::to_text(diagnostic, path.string()));
  }
  return std::unexpected(std::move(failure));
}

std::expected<json, Failure> find_labels(const Context& context, const Selection& selection) {
  auto enforced = ask(context, "GET", "/v1/labels?type=" + api::encoded(selection.type));
  if (!selection.policy || (enforced && enforced->value("policy", "") == *selection.policy)) return enforced;
  auto labels = labels_in_file(*selection.policy, selection.type);
  // Whoever meant the enforced policy learns why a file was looked for.
  if (!labels && !enforced) labels.error().details.push_back(enforced.error().message);
  return labels;
}

Result list_labels(const Context& context, const std::vector<std::string>& words) {
  const auto selection = select(words);
  if (!selection) return std::unexpected(selection.error());
  const auto found = find_labels(context, *selection);
  if (!found) return std::unexpected(found.error());
  if (context.json) {
    print_json(*found);
    return {};
  }
  if (found->at("labels").empty()) {
    return std::unexpected(Failure{"Current policy '" + found->value("policy", "") + "' has no labels defined."});
  }
  for (const auto& label : found->at("labels")) std::cout << label.get<std::string>() << '\n';
  return {};
}

}  // namespace

Command labels_command() {
  auto selection = std::make_shared<std::vector<std::string>>();
  return {"labels", "List the labels of a policy",
          [selection](Words& words) {
            words.up_to(2, "selection", *selection,
                        "[policy] [type=dom|res|any]; the enforced policy and dom if not given. Another policy's file "
                        "is looked for as setpolicy does");
          },
          [selection](const Context& context) { return list_labels(context, *selection); }};
}

}  // namespace xenacm::labeltool
