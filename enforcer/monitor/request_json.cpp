// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/request_json.h"

#include "enforcer/monitor/domain_request_members.h"
#include "enforcer/monitor/label_request_members.h"
#include "enforcer/monitor/link_request_members.h"
#include "enforcer/monitor/policy_request_members.h"

namespace xenacm::monitor {

nlohmann::json to_json(const Request& request) { return JsonWriter::written_variant(request); }

std::expected<Request, std::string> request_from_json(const nlohmann::json& value) {
  Request request;
  std::string error;
  JsonReader::read_variant(value, "request", error, request);
  if (!error.empty()) return std::unexpected(std::move(error));
  return request;
}

}  // namespace xenacm::monitor
