// SPDX-License-Identifier: Apache-2.0
// What is on record.
#include "enforcer/api/audit_query.h"
#include "enforcer/api/handlers.h"

namespace xenacm::api {

void get_audit(const Backend& backend, const Call& call, const Respond& respond) {
  auto filter = read_audit_query(call.query);
  if (!filter) return respond(error_response(400, filter.error()));
  backend.audit(*std::move(filter), [respond](const std::expected<nlohmann::json, std::string>& records) {
    respond(records ? json_response(200, *records) : error_response(503, records.error()));
  });
}

}  // namespace xenacm::api
