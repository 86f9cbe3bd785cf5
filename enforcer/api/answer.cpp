// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/answer.h"

#include <utility>

#include "enforcer/monitor/json.h"

namespace xenacm::api {

using nlohmann::json;

Response json_response(unsigned status, const json& body) { return {status, monitor::dump(body) + "\n"}; }

Response error_response(unsigned status, const std::string& message) {
  return json_response(status, {{"error", {{"message", message}}}});
}

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

std::optional<std::string> member(const json& body, const char* key) {
  const auto found = body.find(key);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<json> object_of(const Call& call, const char* required, const Respond& respond) {
  json body = json::parse(call.body, nullptr, false);
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
