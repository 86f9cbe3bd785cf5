// SPDX-License-Identifier: Apache-2.0
// The policy: its document, its tables, its labels.
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/views.h"
#include "enforcer/monitor/json.h"

namespace xenacm::api {

using nlohmann::json;

unsigned most_invalidated(const Backend& backend, const Call& call) {
  constexpr unsigned kAll = 100;
  return call.query.contains("force") ? kAll : backend.most_invalidated;
}

void get_policy(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, policy_view(state)); });
}

void compile_aside(const Backend& backend, const Call& call, const Respond& respond, const Compiled& then) {
  aside(backend, respond, [&backend, call, respond, then] {
    auto compiled = policy::compile_document(call.body);
    if (!compiled) return respond(json_response(422, diagnostics_view(compiled.error())));
    const json warnings = diagnostics_list(compiled->warnings);
    const auto signature = call.query.find("signature");
    monitor::SetPolicy request{
        .compiled = std::make_shared<const policy::Compiled>(*std::move(compiled)),
        .document = std::make_shared<const std::string>(call.body),
        .most_invalidated = most_invalidated(backend, call),
        .signature = signature == call.query.end() ? std::nullopt : std::optional(signature->second)};
    judge_signature(backend, request);
    then(std::move(request), warnings);
  });
}

void judge_signature(const Backend& backend, monitor::SetPolicy& request) {
  if (backend.distrust) request.distrust = backend.distrust(*request.document, request.signature.value_or(""));
}

void put_policy(const Backend& backend, const Call& call, const Respond& respond) {
  compile_aside(backend, call, respond,
                [&backend, caller = call.caller, respond](monitor::SetPolicy request, const json& warnings) {
                  backend.submit(std::move(request), caller, [respond, warnings](const monitor::Reply& reply) {
                    if (!reply || !reply->allowed()) return respond(response_to(reply));
                    json body = monitor::to_json(*reply);
                    body["diagnostics"] = warnings;
                    respond(json_response(200, body));
                  });
                });
}

void delete_policy(const Backend& backend, const Call& call, const Respond& respond) {
  submit(backend, call, monitor::ResetPolicy{}, respond);
}

void get_document(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond,
       [](const monitor::State& state) { return Response{200, state.document(), "application/xml"}; });
}

void get_tables(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, tables_view(state)); });
}

void get_labels(const Backend& backend, const Call& call, const Respond& respond) {
  const auto asked = call.query.find("type");
  const std::string type = asked == call.query.end() ? "dom" : asked->second;
  if (type != "dom" && type != "res" && type != "any") {
    return respond(error_response(400, "Unknown label type '" + type + "'; the types are dom, res and any"));
  }
  show(backend, respond, [type](const monitor::State& state) { return json_response(200, labels_view(state, type)); });
}

}  // namespace xenacm::api
