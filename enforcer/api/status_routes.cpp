// SPDX-License-Identifier: Apache-2.0
// What runs, what was decided, and the mode.
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/metrics.h"
#include "enforcer/api/views.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

json verdicts_view(const monitor::Tally& tally) {
  return {{"allow", tally.verdicts(monitor::Decision::allow)},
          {"deny", tally.verdicts(monitor::Decision::deny)},
          {"would_deny", tally.verdicts(monitor::Decision::would_deny)}};
}

}  // namespace

void get_status(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond,
       [lines = backend.lines(), verdicts = verdicts_view(backend.tally()),
        audit = backend.audit_state()](const monitor::State& state) {
         json body = status_view(state);
         body["lines"] = lines;
         body["verdicts"] = verdicts;
         body["audit"] = audit;
         return json_response(200, body);
       });
}

void get_metrics(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond,
       [lines = backend.lines(), &tally = backend.tally(), audit = backend.audit_state()](const monitor::State& state) {
         return Response{200, metrics_text(state, tally, lines, audit), "text/plain; version=0.0.4"};
       });
}

void get_archives(const Backend& backend, const Call&, const Respond& respond) {
  const auto archives = backend.archives();
  respond(archives ? json_response(200, *archives) : error_response(503, archives.error()));
}

void get_domains(const Backend& backend, const Call&, const Respond& respond) {
  auto present = backend.domains();
  if (!present) return respond(error_response(503, present.error()));
  show(backend, respond, [present = *std::move(present)](const monitor::State& state) {
    return json_response(200, domains_view(state, present));
  });
}

void get_bindings(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, bindings_view(state)); });
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
