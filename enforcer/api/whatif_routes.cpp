// SPDX-License-Identifier: Apache-2.0
// Questions that change nothing: what would be the verdict?
#include <memory>
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/start_request.h"
#include "enforcer/api/views.h"
#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/json.h"

namespace xenacm::api {

using monitor::DomainName;
using monitor::DomId;
using monitor::State;
using nlohmann::json;

namespace {

std::expected<xen::DomainConfig, std::string> config_of(const Call& call) {
  const auto file = call.query.find("file");
  return xen::parse_domain_config(call.body, file == call.query.end() ? "config" : file->second);
}

// {"vif": …}, {"disk": …}, {"pci": "BDF"} or {"link": …}; the error says what is wrong.
std::expected<monitor::AttachLink, std::string> attach_of(const State& state, DomId frontend, const json& body) {
  monitor::AttachLink attach{{"", frontend, monitor::kDomain0, 0}, {}, {}};
  const auto served_by = [&](const json& device) -> std::expected<monitor::AttachLink, std::string> {
    const DomainName name = named_domain(state, member(device, "backend").value_or(""));
    const monitor::RunningDomain* backend = state.find_running(name);
    if (backend == nullptr) return std::unexpected("the backend domain '" + name.get() + "' does not run");
    attach.key.backend = backend->domid;
    return attach;
  };
  if (const auto vif = body.find("vif"); vif != body.end() && vif->is_object()) {
    attach.key.device_class = "vif";
    if (vif->contains("index")) {
      const json& index = vif->at("index");
      if (!index.is_number_unsigned() || index.get<std::uint64_t>() >= monitor::kMaxVifs) {
        return std::unexpected("Bad VIF index; a domain's vifs are counted from 0 to " +
                               std::to_string(monitor::kMaxVifs - 1));
      }
      attach.key.device = index.get<std::uint32_t>();
    }
    attach.network = {member(*vif, "bridge").value_or(xen::kDefaultBridge), member(*vif, "nic").value_or("")};
    return served_by(*vif);
  }
  if (const auto disk = body.find("disk"); disk != body.end() && disk->is_object() && member(*disk, "spec")) {
    const auto read = xen::parse_disk(*member(*disk, "spec"));
    if (!read) return std::unexpected(read.error());
    attach.key.device_class = "vbd";
    if (read->resource) attach.resources.push_back({*read->resource, std::nullopt, {}});
    return served_by({{"backend", read->backend}});
  }
  if (const auto disk = body.find("disk"); disk != body.end() && disk->is_object() && member(*disk, "name")) {
    auto name = monitor::parse_host_resource_name(*member(*disk, "name"));
    if (!name) return std::unexpected(name.error());
    attach.key.device_class = "vbd";
    attach.resources.push_back({*std::move(name), std::nullopt, {}});
    return served_by(*disk);
  }
  if (const auto pci = member(body, "pci")) {
    auto name = monitor::parse_resource_name("pci:" + *pci);
    if (!name) return std::unexpected(name.error());
    attach.key.device_class = "pci";
    attach.resources.push_back({*std::move(name), std::nullopt, {}});
    return attach;
  }
  if (const auto link = body.find("link"); link != body.end() && link->is_object() && member(*link, "class")) {
    attach.key.device_class = *member(*link, "class");
    return served_by(*link);
  }
  return std::unexpected(R"(the body needs "vif", "disk", "pci" or "link")");
}

Response verdict_response(const monitor::Reply& reply, json body) {
  if (!reply) return response_to(reply);
  body["verdict"] = monitor::to_json(*reply);
  return json_response(200, body);
}

}  // namespace

void post_config(const Backend&, const Call& call, const Respond& respond) {
  const auto config = config_of(call);
  if (!config) return respond(error_response(422, config.error()));
  json body{{"name", config->name.get()}};
  if (config->uuid) body["uuid"] = config->uuid->get();
  if (config->access_control) {
    body["access_control"] = {{"policy", config->access_control->policy}, {"label", config->access_control->label}};
  }
  respond(json_response(200, body));
}

void post_whatif_start(const Backend& backend, const Call& call, const Respond& respond) {
  const auto config = config_of(call);
  if (!config) return respond(error_response(422, config.error()));
  backend.look([&backend, config = *config, caller = call.caller, respond](const State* state) {
    if (state == nullptr) return respond(error_response(503, "the ledger cannot be read"));
    const monitor::StartDomain start = start_of(*state, config);
    const monitor::StoredLabel label = monitor::effective_label(*state, start.name, start.uuid);
    const bool known = state->row_of(label).has_value();
    const json asked{{"name", start.name.get()}, {"label", label_view(label)}};
    backend.whatif(start, caller, [config, asked, known, respond](const monitor::Reply& reply) {
      json body = asked;
      if (reply) body["devices"] = devices_of(config, *reply, known);
      respond(verdict_response(reply, body));
    });
  });
}

void post_whatif_attach(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "domain", respond);
  if (!body) return;
  backend.look([&backend, body = *body, caller = call.caller, respond](const State* state) {
    if (state == nullptr) return respond(error_response(503, "the ledger cannot be read"));
    const std::string name = *member(body, "domain");
    const monitor::RunningDomain* frontend = state->find_running(named_domain(*state, name));
    if (frontend == nullptr) return respond(error_response(404, "Domain '" + name + "' does not run."));
    auto attach = attach_of(*state, frontend->domid, body);
    if (!attach) return respond(error_response(422, attach.error()));
    backend.whatif(*std::move(attach), caller,
                   [respond](const monitor::Reply& reply) { respond(verdict_response(reply, json::object())); });
  });
}

void post_whatif_setpolicy(const Backend& backend, const Call& call, const Respond& respond) {
  compile_aside(backend, call, respond,
                [&backend, caller = call.caller, respond](monitor::SetPolicy request, const json& warnings) {
                  constexpr unsigned kAll = 100;
                  request.most_invalidated = kAll;
                  backend.whatif(std::move(request), caller, [respond, warnings](const monitor::Reply& reply) {
                    respond(verdict_response(reply, {{"diagnostics", warnings}}));
                  });
                });
}

}  // namespace xenacm::api
