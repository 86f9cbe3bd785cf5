// SPDX-License-Identifier: Apache-2.0
// labeltool addlabel LABEL {dom CONFIGFILE | mgt DOMAIN | res RESOURCE | vif-INDEX DOMAIN} [[ACM:]POLICY]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/label_words.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

struct AddlabelArguments {
  std::string label, kind, object, policy;
};

nlohmann::json body_of(const std::string& label, const std::string& policy) {
  nlohmann::json body{{"label", label}};
  if (!policy.empty()) body["policy"] = policy;
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

Result put_both_in_place(const Context& context, const DomainConfigFile& config, const nlohmann::json& body,
                         Replacement& replacement) {
  const std::string target = domain_label_target(config.name);
  const bool bound_before = ask(context, "GET", target).has_value();
  const auto verdict = ask(context, "PUT", target, body);
  if (!verdict) return std::unexpected(verdict.error());
  if (auto placed = replacement.put_in_place(); !placed) {
    if (!bound_before) (void)ask(context, "DELETE", target);
    return std::unexpected(Failure{placed.error()});
  }
  if (context.json) print_json(*verdict);
  return {};
}

// The file is written beside, the binding made, and only then the file put in its place: whatever fails, the two agree.
Result label_config(const Context& context, const AddlabelArguments& arguments) {
  const auto config = open_config(context, arguments.object);
  if (!config) return std::unexpected(config.error());
  if (config->label) {
    return std::unexpected(Failure{"Config file '" + arguments.object + "' is already labeled."});
  }
  if (config->name == "Domain-0") {
    return std::unexpected(Failure{"The name Domain-0 in '" + arguments.object +
                                   "' belongs to domain 0; give the domain another name. (addlabel LABEL mgt Domain-0 "
                                   "labels domain 0)"});
  }
  const auto policy = arguments.policy.empty() ? enforced_policy(context) : arguments.policy;
  if (!policy) return std::unexpected(policy.error());
  if (auto fits = check_fits_config(*policy, arguments.label); !fits) return fits;
  auto replacement = Replacement::prepare(config->path, with_label(config->text, *policy, arguments.label));
  if (!replacement) return std::unexpected(Failure{replacement.error()});
  // The policy is named, so that file and ledger agree also where another one is set at this moment.
  nlohmann::json body = body_of(arguments.label, *policy);
  if (config->uuid) body["uuid"] = *config->uuid;
  return put_both_in_place(context, *config, body, *replacement);
}

// `success` is printed, `trouble` said before what the daemon has against it.
Result label(const Context& context, const AddlabelArguments& arguments, const std::string& target,
             const std::string& success, const std::string& trouble) {
  const auto verdict = ask(context, "PUT", target, body_of(arguments.label, arguments.policy));
  if (!verdict) return std::unexpected(introduced(verdict.error(), trouble));
  if (context.json) {
    print_json(*verdict);
  } else {
    std::cout << success;
  }
  return {};
}

Result label_domain(const Context& context, const AddlabelArguments& arguments) {
  // The manual's words: of the domains that run Domain-0 alone is relabelled.
  const std::string domain = std::string(arguments.object == "Domain-0" ? "" : "the dormant ") + "domain '";
  return label(context, arguments, domain_label_target(arguments.object),
               "Successfully set the label of " + domain + arguments.object + "' to '" + arguments.label + "'.\n",
               "An error occurred relabeling the domain: ");
}

Result label_resource(const Context& context, const AddlabelArguments& arguments) {
  Result labelled = label(context, arguments, resource_label_target(arguments.object), "", "");
  if (labelled || labelled.error().message.find("is already labeled with") != std::string::npos) return labelled;
  return std::unexpected(introduced(labelled.error(), "An error occurred labeling the resource: "));
}

Result label_vif(const Context& context, const AddlabelArguments& arguments) {
  const auto target = vif_label_target(arguments.kind, arguments.object);
  if (!target) return std::unexpected(target.error());
  return label(context, arguments, *target, "Successfully labeled the VIF.\n", "Could not label the VIF: ");
}

Result add_label(const Context& context, AddlabelArguments arguments) {
  if (!arguments.policy.empty()) {
    const auto policy = policy_named_by(arguments.policy);
    if (!policy) return std::unexpected(policy.error());
    arguments.policy = *policy;
  }
  if (arguments.kind == "dom") return label_config(context, arguments);
  if (arguments.kind == "mgt") return label_domain(context, arguments);
  if (arguments.kind == "res") return label_resource(context, arguments);
  if (is_vif(arguments.kind)) return label_vif(context, arguments);
  return std::unexpected(Failure{R"(Need to specify either "dom", "mgt" or "res" as object to add label to. (not ')" +
                                 arguments.kind + "'; " + kLabelledKinds + ")"});
}

}  // namespace

Command addlabel_command() {
  auto arguments = std::make_shared<AddlabelArguments>();
  return {"addlabel", "Label a domain's configuration, a domain, a resource or a vif",
          [arguments](Words& words) {
            words.required("label", arguments->label, "a label of the policy (labeltool labels lists them)")
                .required("kind", arguments->kind, "dom, mgt, res or vif-INDEX")
                .required("object", arguments->object, "configuration file, domain or resource")
                .optional("policy", arguments->policy, "[ACM:]POLICY: the enforced policy, if given");
          },
          [arguments](const Context& context) { return add_label(context, *arguments); },
          "Needs either 3 or 4 arguments"};
}

}  // namespace xenacm::labeltool
