// SPDX-License-Identifier: Apache-2.0
// The audit log: as records to look at, and as what can be verified.
#include <charconv>

#include "enforcer/api/answer.h"
#include "enforcer/api/audit_query.h"
#include "enforcer/api/handlers.h"

namespace xenacm::api {

namespace {

// A query parameter into `number`, where there is one; false: it is no number.
bool read_number(const Call& call, const std::string& key, std::optional<std::int64_t>& number) {
  const auto found = call.query.find(key);
  if (found == call.query.end()) return true;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number.emplace());
  return error == std::errc{} && stop == end;
}

// "after" and "limit"; none: the call is answered.
std::optional<AuditPage> page_of(const Call& call, const Respond& respond) {
  AuditPage page;
  std::optional<std::int64_t> limit;
  if (!read_number(call, "after", page.after) || !read_number(call, "limit", limit)) {
    respond(error_response(400, "after and limit are numbers"));
    return std::nullopt;
  }
  page.limit = limit.value_or(page.limit);
  return page;
}

// Answers with the JSON, or with what went wrong.
Backend::ToldJson json_to(const Respond& respond) {
  return [respond](const std::expected<nlohmann::json, std::string>& value) {
    respond(value ? json_response(200, *value) : error_response(503, value.error()));
  };
}

}  // namespace

void get_audit(const Backend& backend, const Call& call, const Respond& respond) {
  auto filter = read_audit_query(call.query);
  if (!filter) return respond(error_response(400, filter.error()));
  backend.audit(*std::move(filter), json_to(respond));
}

void get_audit_lines(const Backend& backend, const Call& call, const Respond& respond) {
  const auto page = page_of(call, respond);
  if (!page) return;
  backend.audit_lines(*page, [respond](std::expected<std::string, std::string> lines) {
    respond(lines ? Response{200, *std::move(lines), "application/jsonl"} : error_response(503, lines.error()));
  });
}

void get_audit_checkpoints(const Backend& backend, const Call& call, const Respond& respond) {
  const auto page = page_of(call, respond);
  if (page) backend.audit_checkpoints(*page, json_to(respond));
}

void get_audit_key(const Backend& backend, const Call&, const Respond& respond) {
  respond(backend.audit_key.is_null()
              ? error_response(
                    404, "The audit log is not signed: there is no key that could be used; the daemon's log says why.")
              : json_response(200, backend.audit_key));
}

}  // namespace xenacm::api
