// SPDX-License-Identifier: Apache-2.0
// labeltool getlabel {dom CONFIGFILE | mgt DOMAIN | res RESOURCE | vif-INDEX DOMAIN}
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/label_words.h"

namespace xenacm::labeltool {

namespace {

Result show_config(const Context& context, const std::string& file) {
  const auto config = open_config(context, file);
  if (!config) return std::unexpected(config.error());
  if (!config->label) return std::unexpected(Failure{"Domain not labeled"});
  if (context.json) {
    print_json({{"type", "ACM"}, {"policy", *config->policy}, {"label", *config->label}});
  } else {
    std::cout << "policytype=ACM,policy=" << *config->policy << ",label=" << *config->label << '\n';
  }
  return {};
}

Result show(const Context& context, const std::string& target) {
  const auto label = ask(context, "GET", target);
  if (!label) return std::unexpected(label.error());
  if (context.json) {
    print_json(*label);
  } else {
    std::cout << label->value("text", "") << '\n';
  }
  return {};
}

Result get_label(const Context& context, const std::string& kind, const std::string& object) {
  if (kind == "dom") return show_config(context, object);
  if (kind == "mgt") return show(context, domain_label_target(object));
  if (kind == "res") return show(context, resource_label_target(object));
  if (is_vif(kind)) {
    const auto target = vif_label_target(kind, object);
    return target ? show(context, *target) : std::unexpected(target.error());
  }
  return std::unexpected(Failure{R"(First subcommand argument must be "dom", "mgt" or "res". (not ')" + kind + "'; " +
                                 kLabelledKinds + ")"});
}

}  // namespace

Command getlabel_command() {
  struct GetlabelArguments {
    std::string kind, object;
  };
  auto arguments = std::make_shared<GetlabelArguments>();
  return {"getlabel", "Show the label of a domain's configuration, a domain, a resource or a vif",
          [arguments](Words& words) {
            words.required("kind", arguments->kind, "dom, mgt, res or vif-INDEX")
                .required("object", arguments->object, "configuration file, domain or resource");
          },
          [arguments](const Context& context) { return get_label(context, arguments->kind, arguments->object); },
          "Requires 2 arguments"};
}

}  // namespace xenacm::labeltool
