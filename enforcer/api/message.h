// SPDX-License-Identifier: Apache-2.0
// A request and a response of the API, without the wire.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::api {

struct Call {
  std::string method;             // GET, PUT, POST, DELETE
  std::vector<std::string> path;  // decoded segments after /v1: {"domains", "client1", "label"}
  std::map<std::string, std::string> query;
  std::string body;
  monitor::Caller caller;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string type = "application/json";
};

// Called exactly once for each call, on any thread.
using Respond = std::function<void(Response)>;

[[nodiscard]] Response json_response(unsigned status, const nlohmann::json& body);
// {"error": {"message": …}}
[[nodiscard]] Response error_response(unsigned status, const std::string& message);

}  // namespace xenacm::api
