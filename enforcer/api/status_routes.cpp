// SPDX-License-Identifier: Apache-2.0
// What runs, what was decided, and the mode.
#include <charconv>
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/views.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

// A query parameter into `number`, where there is one; false: it is no number.
bool read_number(const Call& call, const std::string& key, std::optional<std::int64_t>& number) {
  const auto found = call.query.find(key);
  if (found == call.query.end()) return true;
  const char* end = found->second.data() + found->second.size();
  const auto [stop, error] = std::from_chars(found->second.data(), end, number.emplace());
  return error == std::errc{} && stop == end;
}

}  // namespace

void get_status(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [lines = backend.lines(), verdicts = backend.verdicts()](const monitor::State& state) {
    json body = status_view(state);
    body["lines"] = lines;
    body["verdicts"] = verdicts;
    return json_response(200, body);
  });
}

void get_metrics(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [lines = backend.lines(), verdicts = backend.verdicts()](const monitor::State& state) {
    return Response{200, metrics_view(state, lines, verdicts), "text/plain; version=0.0.4"};
  });
}

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

void get_domains(const Backend& backend, const Call&, const Respond& respond) {
  auto present = backend.domains();
  if (!present) return respond(error_response(503, present.error()));
  show(backend, respond, [present = *std::move(present)](const monitor::State& state) {
    return json_response(200, domains_view(state, present));
  });
}

void put_mode(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "mode", respond);
  if (!body) return;
  const std::string mode = *member(*body, "mode");
  if (mode != "enforcing" && mode != "permissive") {
    return respond(error_response(422, "Unknown mode '" + mode + "'; the modes are enforcing and permissive"));
  }
  submit(backend, call,
         monitor::SetMode{mode == "enforcing" ? monitor::Mode::enforcing : monitor::Mode::permissive,
                          member(*body, "label")},
         respond);
}

}  // namespace xenacm::api
