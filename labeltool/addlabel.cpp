// SPDX-License-Identifier: Apache-2.0
// labeltool addlabel LABEL {dom CONFIGFILE | mgt DOMAIN | res RESOURCE} [POLICY]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

struct Arguments {
  std::string label, kind, object, policy;
};

nlohmann::json body_of(const Arguments& arguments) {
  nlohmann::json body{{"label", arguments.label}};
  // The manual's "[type:]policy".
  const std::string& policy = arguments.policy;
  if (!policy.empty()) body["policy"] = policy.starts_with("ACM:") ? policy.substr(4) : policy;
  return body;
}

// The policy that a label belongs to where none is named.
std::expected<std::string, Failure> enforced_policy(const Context& context) {
  const auto policy = ask(context, "GET", "/v1/policy");
  if (!policy) return std::unexpected(policy.error());
  return policy->value("name", "");
}

// What would end the string, or the field, that holds the label in the configuration.
Result check_fits_config(const std::string& policy, const std::string& label) {
  if ((policy + label).find_first_of("\"'\\,") == std::string::npos) return {};
  return std::unexpected(Failure{"A configuration file cannot hold the label '" + label + "' of policy '" + policy +
                                 "': one of them contains a quote, a comma or a backslash. Label the domain with "
                                 "addlabel LABEL mgt instead."});
}

// The file is written beside, the binding made, and only then the file put in its place: whatever fails, the two agree.
Result label_config(const Context& context, const Arguments& arguments) {
  const auto config = open_config(context, arguments.object);
  if (!config) return std::unexpected(config.error());
  if (config->label) {
    return std::unexpected(Failure{"Config file '" + arguments.object + "' is already labeled."});
  }
  const auto policy = enforced_policy(context);
  if (!policy) return std::unexpected(policy.error());
  if (auto fits = check_fits_config(*policy, arguments.label); !fits) return fits;
  auto replacement = Replacement::prepare(config->path, with_label(config->text, *policy, arguments.label));
  if (!replacement) return std::unexpected(Failure{replacement.error()});

  nlohmann::json body = body_of(arguments);
  if (config->uuid) body["uuid"] = *config->uuid;
  const std::string target = domain_label_target(config->name);
  const bool bound_before = ask(context, "GET", target).has_value();
  const auto verdict = ask(context, "PUT", target, body);
  if (!verdict) return std::unexpected(verdict.error());
  if (auto placed = replacement->put_in_place(); !placed) {
    if (!bound_before) (void)ask(context, "DELETE", target);
    return std::unexpected(Failure{placed.error()});
  }
  if (context.json) print_json(*verdict);
  return {};
}

Result label_domain(const Context& context, const Arguments& arguments) {
  const auto verdict = ask(context, "PUT", domain_label_target(arguments.object), body_of(arguments));
  if (!verdict) return std::unexpected(verdict.error());
  if (context.json) {
    print_json(*verdict);
  } else {
    std::cout << "Successfully set the label of domain '" << arguments.object << "' to '" << arguments.label << "'.\n";
  }
  return {};
}

Result label_resource(const Context& context, const Arguments& arguments) {
  const auto verdict = ask(context, "PUT", resource_label_target(arguments.object), body_of(arguments));
  if (!verdict) return std::unexpected(verdict.error());
  if (context.json) print_json(*verdict);
  return {};
}

Result add_label(const Context& context, const Arguments& arguments) {
  if (arguments.kind == "dom") return label_config(context, arguments);
  if (arguments.kind == "mgt") return label_domain(context, arguments);
  if (arguments.kind == "res") return label_resource(context, arguments);
  return std::unexpected(Failure{R"(Need to specify either "dom", "mgt" or "res" as object to add label to.)"});
}

}  // namespace

Command addlabel_command() {
  auto arguments = std::make_shared<Arguments>();
  return {"addlabel", "Label a domain's configuration, a domain or a resource",
          [arguments](Words& words) {
            words.required("label", arguments->label, "a label of the policy (labeltool labels lists them)")
                .required("kind", arguments->kind, "dom, mgt or res")
                .required("object", arguments->object, "configuration file, domain name or resource name")
                .optional("policy", arguments->policy, "the enforced policy, if given");
          },
          [arguments](const Context& context) { return add_label(context, *arguments); }};
}

}  // namespace xenacm::labeltool
