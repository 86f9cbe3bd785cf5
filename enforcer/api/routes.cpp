// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/routes.h"

#include <algorithm>

#include "enforcer/api/handlers.h"

namespace xenacm::api {

namespace {

struct Route {
  std::string_view method;
  std::vector<std::string_view> path;  // "{…}" takes any segment
  Handler handler;
};

const std::vector<Route>& routes() {
  static const std::vector<Route> all{
      {"GET", {"status"}, get_status},
      {"GET", {"policy"}, get_policy},
      {"PUT", {"policy"}, put_policy},
      {"DELETE", {"policy"}, delete_policy},
      {"GET", {"policy", "document"}, get_document},
      {"GET", {"policy", "tables"}, get_tables},
      {"GET", {"policy", "history"}, get_history},
      {"GET", {"policy", "history", "{number}", "document"}, get_past_document},
      {"POST", {"policy", "history", "{number}", "restore"}, post_rollback},
      {"GET", {"labels"}, get_labels},
      {"GET", {"bindings"}, get_bindings},
      {"GET", {"domains"}, get_domains},
      {"GET", {"domains", "{name}", "label"}, get_domain_label},
      {"PUT", {"domains", "{name}", "label"}, put_domain_label},
      {"DELETE", {"domains", "{name}", "label"}, delete_domain_label},
      {"GET", {"domains", "{name}", "vifs", "{index}", "label"}, get_vif_label},
      {"PUT", {"domains", "{name}", "vifs", "{index}", "label"}, put_vif_label},
      {"DELETE", {"domains", "{name}", "vifs", "{index}", "label"}, delete_vif_label},
      {"GET", {"resources"}, get_resources},
      {"GET", {"resources", "check"}, get_resources_check},
      {"GET", {"resources", "{name}", "label"}, get_resource},
      {"PUT", {"resources", "{name}", "label"}, put_resource},
      {"DELETE", {"resources", "{name}", "label"}, delete_resource},
      {"POST", {"resources", "{name}", "repair"}, post_repair},
      {"GET", {"tickets"}, get_tickets},
      {"POST", {"tickets"}, post_tickets},
      {"DELETE", {"tickets", "{ticket}"}, delete_ticket},
      {"POST", {"whatif", "start"}, post_whatif_start},
      {"POST", {"whatif", "attach"}, post_whatif_attach},
      {"POST", {"whatif", "setpolicy"}, post_whatif_setpolicy},
      {"GET", {"audit"}, get_audit},
      {"GET", {"audit", "lines"}, get_audit_lines},
      {"GET", {"audit", "checkpoints"}, get_audit_checkpoints},
      {"GET", {"audit", "key"}, get_audit_key},
      {"GET", {"audit", "archives"}, get_archives},
      {"PUT", {"mode"}, put_mode},
      {"POST", {"config"}, post_config},
      {"GET", {"metrics"}, get_metrics},
  };
  return all;
}

bool fits(const Route& route, const Call& call) {
  return std::ranges::equal(route.path, call.path, [](std::string_view pattern, const std::string& segment) {
    return pattern.starts_with('{') || pattern == segment;
  });
}

}  // namespace

void route(const Backend& backend, const Call& call, const Respond& respond) {
  bool known = false;
  for (const Route& candidate : routes()) {
    if (!fits(candidate, call)) continue;
    if (candidate.method == call.method) return candidate.handler(backend, call, respond);
    known = true;
  }
  respond(known ? error_response(405, "this resource does not take " + call.method)
                : error_response(404, "there is no such resource"));
}

std::vector<std::string> route_names() {
  std::vector<std::string> names;
  for (const Route& route : routes()) {
    std::string name = std::string(route.method) + " /v1";
    for (const std::string_view segment : route.path) name += "/" + std::string(segment);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace xenacm::api
