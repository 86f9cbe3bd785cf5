// SPDX-License-Identifier: Apache-2.0
// How the handlers of the API answer. Internal to enforcer/api.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "enforcer/api/backend.h"
#include "enforcer/api/message.h"

namespace xenacm::api {

// 403 for a denial, 503 where no verdict could be made durable, by the kind of fault otherwise.
[[nodiscard]] Response response_to(const monitor::Reply& reply);

// Has the request decided and answers with the verdict.
void submit(const Backend& backend, const Call& call, monitor::Request request, const Respond& respond);

// Does work that takes long beside the API's thread; an exception becomes the answer. The work's last act is to answer,
// or to ask the monitor to.
void aside(const Backend& backend, const Respond& respond, std::function<void()> work);

// The string member of an object; none: there is none, or it is no string.
[[nodiscard]] std::optional<std::string> member(const nlohmann::json& body, const char* key);

// The body as JSON; no object where it is none, or nested too deep.
[[nodiscard]] nlohmann::json body_of(const Call& call);

// The body as a JSON object that has the string `required`; otherwise the call is answered.
[[nodiscard]] std::optional<nlohmann::json> object_of(const Call& call, const char* required, const Respond& respond);

// The resource of that name; otherwise the call is answered.
[[nodiscard]] std::optional<monitor::Resource> resource_of(const std::string& name, const Respond& respond);

// Answers with `view(state)`.
template <class View>
void show(const Backend& backend, const Respond& respond, const View& view) {
  backend.look([respond, view](const monitor::State* state) {
    respond(state != nullptr ? view(*state) : error_response(503, "the ledger cannot be read"));
  });
}

}  // namespace xenacm::api
