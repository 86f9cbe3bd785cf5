// SPDX-License-Identifier: Apache-2.0
// labeltool rmlabel {dom CONFIGFILE | mgt DOMAIN | res RESOURCE | vif-INDEX DOMAIN}
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/label_words.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

constexpr unsigned kNotFound = 404;

Result unlabel_config(const Context& context, const std::string& file) {
  const auto config = open_config(context, file);
  if (!config) return std::unexpected(config.error());
  if (!config->label) return std::unexpected(Failure{"Domain not labeled"});
  auto replacement = Replacement::prepare(config->path, without_label(config->text));
  if (!replacement) return std::unexpected(Failure{replacement.error()});

  const std::string target = domain_label_target(config->name);
  const auto verdict = ask(context, "DELETE", target);
  // A configuration that was labelled elsewhere has no binding here: its line goes all the same.
  if (!verdict && verdict.error().answer != kNotFound) return std::unexpected(verdict.error());
  if (auto placed = replacement->put_in_place(); !placed) {
    // The label is back where it was, or, should even that fail, gone from the ledger: then the domain does not start.
    nlohmann::json body{{"label", *config->label}, {"policy", *config->policy}};
    if (config->uuid) body["uuid"] = *config->uuid;
    if (verdict) (void)ask(context, "PUT", target, body);
    return std::unexpected(Failure{placed.error()});
  }
  if (context.json) print_json(verdict ? *verdict : nlohmann::json{{"decision", "allow"}});
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

Result unlabel_resource(const Context& context, const std::string& name) {
  Result removed = unlabel(context, resource_label_target(name), "");
  if (removed || removed.error().answer == kNotFound) return removed;
  return std::unexpected(introduced(removed.error(), "An error occurred removing the label: "));
}

Result unlabel_vif(const Context& context, const std::string& kind, const std::string& domain) {
  const auto target = vif_label_target(kind, domain);
  if (!target) return std::unexpected(target.error());
  return unlabel(context, *target, "Successfully removed the label from the VIF.\n");
}

Result remove_label(const Context& context, const std::string& kind, const std::string& object) {
  if (kind == "dom") return unlabel_config(context, object);
  if (kind == "mgt") {
    return unlabel(context, domain_label_target(object), "Successfully removed label from domain " + object + ".\n");
  }
  if (kind == "res") return unlabel_resource(context, object);
  if (is_vif(kind)) return unlabel_vif(context, kind, object);
  return std::unexpected(Failure{"Unrecognised type argument: " + kind + " (" + kLabelledKinds + ")"});
}

}  // namespace

Command rmlabel_command() {
  struct RmlabelArguments {
    std::string kind, object;
  };
  auto arguments = std::make_shared<RmlabelArguments>();
  return {"rmlabel", "Remove the label of a domain's configuration, a domain, a resource or a vif",
          [arguments](Words& words) {
            words.required("kind", arguments->kind, "dom, mgt, res or vif-INDEX")
                .required("object", arguments->object, "configuration file, domain or resource");
          },
          [arguments](const Context& context) { return remove_label(context, arguments->kind, arguments->object); },
          "Requires 2 arguments"};
}

}  // namespace xenacm::labeltool
