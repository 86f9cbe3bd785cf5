// SPDX-License-Identifier: Apache-2.0
// Tickets: what hooks ask before a toolstack creates a domain.
#include <fmt/format.h>

#include <memory>
#include <random>
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/start_request.h"
#include "enforcer/api/ticket_watch.h"
#include "enforcer/api/views.h"
#include "enforcer/monitor/admission.h"
#include "enforcer/monitor/json.h"

namespace xenacm::api {

using monitor::State;
using nlohmann::json;

namespace {

std::string new_ticket() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// The process that the ticket is to be held for; none: it lives by time alone.
std::expected<std::optional<Holder>, std::string> holder_of(const json& body, pid_t caller) {
  const auto named = body.find("holder");
  if (named != body.end() && named->is_null()) return std::nullopt;
  if (named != body.end() && (!named->is_number_unsigned() || named->get<std::uint64_t>() > INT32_MAX)) {
    return std::unexpected<std::string>(R"("holder" must be a process id, or null)");
  }
  auto opened = Holder::open(named == body.end() ? caller : named->get<pid_t>(), caller);
  if (!opened) return std::unexpected(R"("holder": )" + opened.error());
  return std::optional(*std::move(opened));
}

struct Asked {
  Call call;
  xen::DomainConfig config;
  std::optional<Holder> holder;
  std::string ticket;
};

void reserve(const Backend& backend, const State& state, const std::shared_ptr<Asked>& asked, const Respond& respond) {
  const monitor::StartDomain start = start_of(state, asked->config);
  const monitor::StoredLabel label = monitor::effective_label(state, start.name, start.uuid);
  const bool known = state.row_of(label).has_value();
  const json head{{"name", start.name.get()}, {"label", label_view(label)}};
  backend.submit(monitor::ReserveStart{asked->ticket, start}, asked->call.caller,
                 [&backend, asked, head, known, respond](const monitor::Reply& reply) {
                   Response response = response_to(reply);
                   if (!reply) return respond(std::move(response));
                   json body = head;
                   body["devices"] = devices_of(asked->config, *reply, known);
                   body["verdict"] = monitor::to_json(*reply);
                   if (reply->allowed()) {
                     backend.tickets->watch(asked->ticket, std::move(asked->holder));
                     body["ticket"] = asked->ticket;
                     body["seconds"] = backend.tickets->limit().count();
                   } else {
                     body["error"] = {{"message", reply->reasons.front().message}};
                   }
                   respond(json_response(response.status, body));
                 });
}

}  // namespace

void post_tickets(const Backend& backend, const Call& call, const Respond& respond) {
  const json body = body_of(call);
  if (!body.is_object()) return respond(error_response(400, "the body must be a JSON object"));
  if (call.body.size() > 2 * xen::kMaxConfigBytes) {
    return respond(error_response(422, "the body is larger than a domain's description can be"));
  }
  auto config = read_description(body);
  if (!config) return respond(error_response(422, config.error()));
  auto holder = holder_of(body, call.caller.pid);
  if (!holder) return respond(error_response(422, holder.error()));
  if (backend.tickets->full()) {
    return respond(error_response(409, "there are too many tickets; they lapse within " +
                                           std::to_string(backend.tickets->limit().count()) + " s"));
  }
  const auto asked = std::make_shared<Asked>(Asked{call, *std::move(config), *std::move(holder), new_ticket()});
  backend.look([&backend, asked, respond](const State* state) {
    if (state == nullptr) return respond(error_response(503, "the ledger cannot be read"));
    reserve(backend, *state, asked, respond);
  });
}

void get_tickets(const Backend& backend, const Call&, const Respond& respond) {
  show(backend, respond, [held = backend.tickets->held()](const State& state) {
    json list = json::array();
    for (const auto& [id, ticket] : state.tickets()) {
      json entry{{"ticket", id}, {"name", ticket.name.get()}, {"label", label_view(ticket.label)}, {"holder", nullptr}};
      if (ticket.uuid != monitor::nil_uuid()) entry["uuid"] = ticket.uuid.get();
      if (const auto watched = held.find(id); watched != held.end()) {
        if (watched->second.holder) entry["holder"] = *watched->second.holder;
        entry["seconds"] = watched->second.left.count();
      }
      list.push_back(std::move(entry));
    }
    return json_response(200, list);
  });
}

// One that was used or has lapsed already is as good as given back.
void delete_ticket(const Backend& backend, const Call& call, const Respond& respond) {
  backend.tickets->forget(call.path[1]);
  submit(backend, call, monitor::LapseTicket{call.path[1]}, respond);
}

}  // namespace xenacm::api
