// SPDX-License-Identifier: Apache-2.0
// The audit log: as records to look at, and as what can be verified.
#include <charconv>

#include "enforcer/api/answer.h"
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
struct Page {
  std::optional<std::int64_t> after;
  std::int64_t limit = 1000;
};

std::optional<Page> page_of(const Call& call, const Respond& respond) {
  Page page;
  std::optional<std::int64_t> limit;
  if (!read_number(call, "after", page.after) || !read_number(call, "limit", limit)) {
    respond(error_response(400, "after and limit are numbers"));
    return std::nullopt;
  }
  page.limit = limit.value_or(page.limit);
  return page;
}

}  // namespace

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

void get_audit_lines(const Backend& backend, const Call& call, const Respond& respond) {
  const auto page = page_of(call, respond);
  if (!page) return;
  auto lines = backend.audit_lines(page->after, page->limit);
  respond(lines ? Response{200, *std::move(lines), "application/jsonl"} : error_response(503, lines.error()));
}

void get_audit_checkpoints(const Backend& backend, const Call& call, const Respond& respond) {
  const auto page = page_of(call, respond);
  if (!page) return;
  const auto checkpoints = backend.audit_checkpoints(page->after, page->limit);
  respond(checkpoints ? json_response(200, *checkpoints) : error_response(503, checkpoints.error()));
}

void get_audit_key(const Backend& backend, const Call&, const Respond& respond) {
  respond(backend.audit_key.is_null()
              ? error_response(
                    404, "The audit log is not signed: there is no key that could be used; the daemon's log says why.")
              : json_response(200, backend.audit_key));
}

}  // namespace xenacm::api
