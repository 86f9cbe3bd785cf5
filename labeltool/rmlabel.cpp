// SPDX-License-Identifier: Apache-2.0
// labeltool rmlabel {dom CONFIGFILE | mgt DOMAIN | res RESOURCE}
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

Result unlabel_config(const Context& context, const std::string& file) {
  const auto config = open_config(context, file);
  if (!config) return std::unexpected(config.error());
  if (!config->label) return std::unexpected(Failure{"Domain not labeled"});
  auto replacement = Replacement::prepare(config->path, without_label(config->text));
  if (!replacement) return std::unexpected(Failure{replacement.error()});

  const std::string target = domain_label_target(config->name);
  const auto verdict = ask(context, "DELETE", target);
  // A configuration that was labelled elsewhere has no binding here: its line goes all the same.
  if (!verdict && ask(context, "GET", target)) return std::unexpected(verdict.error());
  if (auto placed = replacement->put_in_place(); !placed) {
    // The label is back where it was, or, should even that fail, gone from the ledger: then the domain does not start.
    nlohmann::json body{{"label", *config->label}, {"policy", *config->policy}};
    if (config->uuid) body["uuid"] = *config->uuid;
    if (verdict) (void)ask(context, "PUT", target, body);
    return std::unexpected(Failure{placed.error()});
  }
  if (context.json && verdict) print_json(*verdict);
  return {};
}

Result unlabel(const Context& context, const std::string& target, const std::string& success) {
  const auto verdict = ask(context, "DELETE", target);
  if (!verdict) return std::unexpected(verdict.error());
  if (context.json) {
    print_json(*verdict);
  } else {
    std::cout << success;
  }
  return {};
}

Result remove_label(const Context& context, const std::string& kind, const std::string& object) {
  if (kind == "dom") return unlabel_config(context, object);
  if (kind == "mgt") {
    return unlabel(context, domain_label_target(object), "Successfully removed label from domain " + object + ".\n");
  }
  if (kind == "res") return unlabel(context, resource_label_target(object), "");
  return std::unexpected(Failure{"Unrecognised type argument: " + kind + " (the types are dom, mgt and res)"});
}

}  // namespace

Command rmlabel_command() {
  struct Arguments {
    std::string kind, object;
  };
  auto arguments = std::make_shared<Arguments>();
  return {"rmlabel", "Remove the label of a domain's configuration, a domain or a resource",
          [arguments](Words& words) {
            words.required("kind", arguments->kind, "dom, mgt or res")
                .required("object", arguments->object, "configuration file, domain name or resource name");
          },
          [arguments](const Context& context) { return remove_label(context, arguments->kind, arguments->object); }};
}

}  // namespace xenacm::labeltool
