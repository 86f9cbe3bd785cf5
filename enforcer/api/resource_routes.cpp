// SPDX-License-Identifier: Apache-2.0
// Labels of resources, and what became of the things that carry them.
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/views.h"
#include "enforcer/monitor/resource_label.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

std::optional<monitor::Mend> mend_of(const std::string& text) {
  for (const auto mend : {monitor::Mend::adopt, monitor::Mend::rename, monitor::Mend::forget_mark}) {
    if (monitor::to_text(mend) == text) return mend;
  }
  return std::nullopt;
}

}  // namespace

void get_resources(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [](const monitor::State& state) { return json_response(200, resources_view(state)); });
}

void get_resource(const Backend& backend, const Call& call, const Respond& respond) {
  auto resource = resource_of(call.path[1], respond);
  if (!resource) return;
  backend.identify(*std::move(resource), [&backend, respond](const monitor::Resource& seen) {
    show(backend, respond, [seen](const monitor::State& state) {
      const monitor::FoundLabel found = monitor::find_label(state, seen);
      if (!found.contradiction.empty()) return error_response(409, found.contradiction + ". (" + found.mend + ")");
      return found.record != nullptr ? json_response(200, label_view(found.record->second.label))
                          : error_response(404, "Resource not labeled");
    });
  });
}

void put_resource(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "label", respond);
  if (!body) return;
  if (auto resource = resource_of(call.path[1], respond)) {
    submit(backend, call,
           monitor::LabelResource{*std::move(resource), *member(*body, "label"), member(*body, "policy")}, respond);
  }
}

void delete_resource(const Backend& backend, const Call& call, const Respond& respond) {
  if (auto resource = resource_of(call.path[1], respond)) {
    submit(backend, call, monitor::UnlabelResource{*std::move(resource)}, respond);
  }
}

void get_resources_check(const Backend& backend, const Call&, const Respond& respond) {
  backend.check_resources([respond](std::optional<json> findings) {
    respond(findings ? json_response(200, *findings) : error_response(503, "the ledger cannot be read"));
  });
}

void post_repair(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "mend", respond);
  if (!body) return;
  const std::string text = *member(*body, "mend");
  const auto mend = mend_of(text);
  if (!mend) {
    return respond(error_response(422, "Unknown mend '" + text + "'; the mends are adopt, rename and forget_mark"));
  }
  auto resource = resource_of(call.path[1], respond);
  if (!resource) return;
  monitor::RepairResource request{*std::move(resource), *mend, {}};
  const auto to = member(*body, "to");
  if (*mend == monitor::Mend::rename && !to) return respond(error_response(422, "rename needs the new name (to)"));
  if (to) {
    request.to = resource_of(*to, respond);
    if (!request.to) return;
  }
  submit(backend, call, std::move(request), respond);
}

}  // namespace xenacm::api
