// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/answer.h"

#include <exception>
#include <utility>

#include "enforcer/monitor/json.h"
#include "enforcer/monitor/json_depth.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

unsigned status_of(monitor::FaultCode code) {
  switch (code) {
    case monitor::FaultCode::invalid:
      return 422;
    case monitor::FaultCode::not_found:
      return 404;
    case monitor::FaultCode::conflict:
    case monitor::FaultCode::refused_version:
      break;
  }
  return 409;
}

}  // namespace

Response json_response(unsigned status, const json& body) { return {status, monitor::dump(body) + "\n"}; }

Response error_response(unsigned status, const std::string& message) {
  return json_response(status, {{"error", {{"message", message}}}});
}

Response response_to(const monitor::Reply& reply) {
  if (!reply) {
    json body{{"error", {{"message", reply.error().message}}}};
    if (!reply.error().reasons.empty()) body["reasons"] = monitor::to_json(reply.error().reasons);
    return json_response(status_of(reply.error().code), body);
  }
  if (reply->allowed()) return json_response(200, monitor::to_json(*reply));
  const monitor::Reason& first = reply->reasons.front();
  json body = monitor::to_json(*reply);
  body["error"] = {{"message", first.message}};
  return json_response(first.rule == monitor::Rule::unavailable ? 503 : 403, body);
}

void aside(const Backend& backend, const Respond& respond, std::function<void()> work) {
  backend.aside([respond, work = std::move(work)] {
    try {
      work();
    } catch (const std::exception& error) {
      respond(error_response(503, error.what()));
    }
  });
}

void submit(const Backend& backend, const Call& call, monitor::Request request, const Respond& respond) {
  backend.submit(std::move(request), call.caller,
                 [respond](const monitor::Reply& reply) { respond(response_to(reply)); });
}

std::optional<std::string> member(const json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

json body_of(const Call& call) {
  return monitor::is_shallow(call.body) ? json::parse(call.body, nullptr, false) : json();
}

std::optional<json> object_of(const Call& call, const char* required, const Respond& respond) {
  json body = body_of(call);
  if (body.is_object() && member(body, required)) return body;
  respond(error_response(400, std::string("the body must be a JSON object with the string \"") + required + "\""));
  return std::nullopt;
}

std::optional<monitor::Resource> resource_of(const std::string& name, const Respond& respond) {
  auto parsed = monitor::parse_host_resource_name(name);
  if (parsed) return monitor::Resource{*std::move(parsed), std::nullopt, {}};
  respond(error_response(422, parsed.error()));
  return std::nullopt;
}

}  // namespace xenacm::api
