// SPDX-License-Identifier: Apache-2.0
// The resources of the API (schemas/openapi.yaml), each a function from a call to a response.
#pragma once

#include "enforcer/api/backend.h"
#include "enforcer/api/message.h"

namespace xenacm::api {

// Answers with 404 or 405 what no route takes. The caller may do what it asks: the server has seen to that.
void route(const Backend& backend, const Call& call, const Respond& respond);

// Every route as "METHOD /v1/path/{name}", for the test that holds them against the specification.
[[nodiscard]] std::vector<std::string> route_names();

}  // namespace xenacm::api
