// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/routes.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "enforcer/api/views.h"
#include "enforcer/monitor/json.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

// 403 for a denial, 503 where no verdict could be made durable, by the kind of fault otherwise.
Response response_to(const monitor::Reply& reply) {
  if (!reply) {
    switch (reply.error().code) {
      case monitor::FaultCode::invalid:
        return error_response(422, reply.error().message);
      case monitor::FaultCode::not_found:
        return error_response(404, reply.error().message);
      case monitor::FaultCode::conflict:
      case monitor::FaultCode::refused_version:
        return error_response(409, reply.error().message);
    }
  }
  if (reply->allowed()) return json_response(200, monitor::to_json(*reply));
  const monitor::Reason& first = reply->reasons.front();
  json body = monitor::to_json(*reply);
  body["error"] = {{"message", first.message}};
  return json_response(first.rule == monitor::Rule::unavailable ? 503 : 403, body);
}

void submit(const Backend& backend, const Call& call, monitor::Request request, const Respond& respond) {
  backend.submit(std::move(request), call.caller,
                 [respond](const monitor::Reply& reply) { respond(response_to(reply)); });
}

// Answers with `view(state)`.
template <class View>
void show(const Backend& backend, const Respond& respond, const View& view) {
  backend.look([respond, view](const monitor::State* state) {
    respond(state != nullptr ? view(*state) : error_response(503, "the ledger cannot be read"));
  });
}

std::optional<std::string> member(const json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// The body as a JSON object that has the string `required`; otherwise the call is answered.
std::optional<json> object_of(const Call& call, const char* required, const Respond& respond) {
  json body = json::parse(call.body, nullptr, false);
  if (body.is_object() && member(body, required)) return body;
  respond(error_response(400, std::string("the body must be a JSON object with the string \"") + required + "\""));
  return std::nullopt;
}

// A query parameter into `number`, where there is one; false: it is no number.
bool read_number(const Call& call, const std::string& key, std::optional<std::int64_t>& number) {
  const auto found = call.query.find(key);
  if (found == call.query.end()) return true;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number.emplace());
  return error == std::errc{} && stop == end;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= policy::kMaxNameBytes &&
         std::ranges::all_of(name, [](unsigned char c) { return c >= ' ' && c != 0x7f && c != '/'; });
}

void get_status(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [lines = backend.lines()](const monitor::State& state) {
    json body = status_view(state);
    body["lines"] = lines;
    return json_response(200, body);
  });
}

void get_policy(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, policy_view(state)); });
}

void get_document(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond,
       [](const monitor::State& state) { return Response{200, state.document(), "application/xml"}; });
}

void put_policy(const Backend& backend, const Call& call, const Respond& respond) {
  auto compiled = policy::compile_document(call.body);
  if (!compiled) return respond(json_response(422, diagnostics_view(compiled.error())));
  const json warnings = diagnostics_list(compiled->warnings);
  monitor::SetPolicy request{std::make_shared<const policy::Compiled>(*std::move(compiled)),
                             std::make_shared<const std::string>(call.body)};
  backend.submit(std::move(request), call.caller, [respond, warnings](const monitor::Reply& reply) {
    if (!reply || !reply->allowed()) return respond(response_to(reply));
    json body = monitor::to_json(*reply);
    body["diagnostics"] = warnings;
    respond(json_response(200, body));
  });
}

void get_labels(const Backend& backend, const Call& call, const Respond& respond) {
  const auto asked = call.query.find("type");
  const std::string type = asked == call.query.end() ? "dom" : asked->second;
  if (type != "dom" && type != "res" && type != "any") {
    return respond(error_response(400, "Unknown label type '" + type + "'; the types are dom, res and any"));
  }
  show(backend, respond, [type](const monitor::State& state) { return json_response(200, labels_view(state, type)); });
}

void get_domains(const Backend& backend, const Call&, const Respond& respond) {
  auto present = backend.domains();
  if (!present) return respond(error_response(503, present.error()));
  show(backend, respond, [present = *std::move(present)](const monitor::State& state) {
    return json_response(200, domains_view(state, present));
  });
}

void get_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  show(backend, respond, [name = call.path[1]](const monitor::State& state) {
    const auto label = domain_label_view(state, name);
    return label ? json_response(200, *label) : error_response(404, "Domain not labeled");
  });
}

void put_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "label", respond);
  if (!body) return;
  if (!is_plain_name(call.path[1])) {
    return respond(error_response(422, "A domain's name has 1 to " + std::to_string(policy::kMaxNameBytes) +
                                           " bytes, without '/' and control characters."));
  }
  monitor::LabelDomain request{monitor::DomainName(call.path[1]), {}, *member(*body, "label"), member(*body, "policy")};
  if (const auto uuid = member(*body, "uuid")) {
    request.uuid = monitor::parse_uuid(*uuid);
    if (!request.uuid) return respond(error_response(422, "'" + *uuid + "' is not a uuid"));
  }
  submit(backend, call, std::move(request), respond);
}

void delete_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  submit(backend, call, monitor::UnlabelDomain{monitor::DomainName(call.path[1])}, respond);
}

void get_resources(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, resources_view(state)); });
}

// The resource that the path names; otherwise the call is answered.
std::optional<monitor::ResourceName> resource_of(const Call& call, const Respond& respond) {
  auto name = monitor::parse_resource_name(call.path[1]);
  if (name) return *std::move(name);
  respond(error_response(422, name.error()));
  return std::nullopt;
}

void get_resource(const Backend& backend, const Call& call, const Respond& respond) {
  const auto name = resource_of(call, respond);
  if (!name) return;
  show(backend, respond, [name = *name](const monitor::State& state) {
    const auto found = state.resources().find(name);
    return found != state.resources().end() ? json_response(200, label_view(found->second))
                                            : error_response(404, "Resource not labeled");
  });
}

void put_resource(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "label", respond);
  if (!body) return;
  if (auto name = resource_of(call, respond)) {
    submit(backend, call, monitor::LabelResource{*std::move(name), *member(*body, "label"), member(*body, "policy")},
           respond);
  }
}

void delete_resource(const Backend& backend, const Call& call, const Respond& respond) {
  if (auto name = resource_of(call, respond)) {
    submit(backend, call, monitor::UnlabelResource{*std::move(name)}, respond);
  }
}

void get_audit(const Backend& backend, const Call& call, const Respond& respond) {
  AuditQuery query{.refused = call.query.contains("refused")};
  std::optional<std::int64_t> limit;
  if (!read_number(call, "after", query.after) || !read_number(call, "seq", query.seq) ||
      !read_number(call, "limit", limit)) {
    return respond(error_response(400, "after, seq and limit are numbers"));
  }
  query.limit = limit.value_or(query.limit);
  const auto records = backend.audit(query);
  respond(records ? json_response(200, *records) : error_response(503, records.error()));
}

void put_mode(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "mode", respond);
  if (!body) return;
  const std::string mode = *member(*body, "mode");
  if (mode != "enforcing" && mode != "permissive") {
    return respond(error_response(422, "Unknown mode '" + mode + "'; the modes are enforcing and permissive"));
  }
  submit(backend, call,
         monitor::SetMode{mode == "enforcing" ? monitor::Mode::enforcing : monitor::Mode::permissive,
                          member(*body, "label")},
         respond);
}

void post_config(const Backend& backend, const Call& call, const Respond& respond) {
  const auto file = call.query.find("file");
  const auto config = backend.read_config(call.body, file == call.query.end() ? "config" : file->second);
  respond(config ? json_response(200, *config) : error_response(422, config.error()));
}

void get_metrics(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [lines = backend.lines()](const monitor::State& state) {
    return Response{200, metrics_view(state, lines), "text/plain; version=0.0.4"};
  });
}

using Handler = void (*)(const Backend&, const Call&, const Respond&);

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
      {"GET", {"policy", "document"}, get_document},
      {"GET", {"labels"}, get_labels},
      {"GET", {"domains"}, get_domains},
      {"GET", {"domains", "{name}", "label"}, get_domain_label},
      {"PUT", {"domains", "{name}", "label"}, put_domain_label},
      {"DELETE", {"domains", "{name}", "label"}, delete_domain_label},
      {"GET", {"resources"}, get_resources},
      {"GET", {"resources", "{name}", "label"}, get_resource},
      {"PUT", {"resources", "{name}", "label"}, put_resource},
      {"DELETE", {"resources", "{name}", "label"}, delete_resource},
      {"GET", {"audit"}, get_audit},
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

Response json_response(unsigned status, const json& body) { return {status, monitor::dump(body) + "\n"}; }

Response error_response(unsigned status, const std::string& message) {
  return json_response(status, {{"error", {{"message", message}}}});
}

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
