// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/question.h"

#include <algorithm>

#include "enforcer/api/printable.h"
#include "enforcer/api/verdict_text.h"

namespace xenacm::hooks {

using nlohmann::json;

namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kNotFound = 404;
constexpr const char* kUnit = " (unit acm-enforcerd.service, configuration /etc/xenacm/xenacm.toml)";

// Names that are not UTF-8 are asked about with replacement characters: the gate knows them as they are.
std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json body_of(const api::Answer& answer) {
  json body = json::parse(answer.body, nullptr, false);
  return body.is_object() || body.is_array() ? body : json::object();
}

Outcome unexpected_answer(const api::Answer& answer) {
  const json body = body_of(answer);
  if (body.is_object() && body.contains("error")) return no_verdict(body["error"].value("message", ""));
  return no_verdict("acm-enforcerd answered with status " + std::to_string(answer.status));
}

// The words of labeltool.
Outcome outcome_of(const json& verdict, const std::string& what) {
  const std::string decision = verdict.value("decision", "");
  if (decision == "allow") return {};
  std::string text = api::verdict_text(verdict, api::printable(what));
  if (decision == "would-deny") {
    return {Status::allowed, text + "Permissive mode: it is done all the same, and recorded.\n", {}};
  }
  const json& reasons = verdict.at("reasons");
  const bool undecided = !reasons.empty() && reasons.front().value("rule", "") == "unavailable";
  return {undecided ? Status::no_verdict : Status::refused, std::move(text), {}};
}

// "vif link client2 -> nicdom", as labeltool calls it.
std::string link_of(const json& body) {
  const std::string domain = body.value("domain", "");
  const auto link = [&](const std::string& device_class, const json& device) {
    const std::string backend = device.is_object() ? device.value("backend", "") : "";
    return api::link_words(device_class, domain, backend.empty() ? "Domain-0" : backend);
  };
  if (body.contains("vif")) return link("vif", body["vif"]);
  if (body.contains("disk")) {
    const json& disk = body["disk"];
    return link("vbd", disk) + " (" + disk.value("name", disk.value("spec", "")) + ")";
  }
  if (body.contains("pci")) return link("pci", {}) + " (" + body.value("pci", "") + ")";
  return link(body.at("link").value("class", ""), body["link"]);
}

}  // namespace

Outcome no_verdict(const std::string& why) {
  return {Status::no_verdict, "Error: no verdict, so nothing is done: " + api::printable(why) + '\n', {}};
}

Daemon::Daemon(const Settings& settings, std::string_view toolstack)
    : client_(settings.socket, settings.limit, toolstack) {}

Outcome Daemon::ask_start(const json& body) const {
  const auto answer = client_.call("POST", "/v1/tickets", text_of(body));
  if (!answer) return no_verdict(answer.error() + kUnit);
  const json said = body_of(*answer);
  if (!said.is_object() || !said.contains("verdict")) return unexpected_answer(*answer);
  Outcome outcome = outcome_of(said["verdict"], "start of " + said.value("name", ""));
  outcome.ticket = said.value("ticket", "");
  return outcome;
}

std::optional<Outcome> Daemon::ask_attach(const json& body) const {
  const auto answer = client_.call("POST", "/v1/whatif/attach", text_of(body));
  if (!answer) return no_verdict(answer.error() + kUnit);
  if (answer->status == kNotFound) return std::nullopt;
  const json said = body_of(*answer);
  if (!said.is_object() || !said.contains("verdict")) return unexpected_answer(*answer);
  return outcome_of(said["verdict"], link_of(body));
}

std::expected<json, Outcome> Daemon::get(const std::string& target) const {
  const auto answer = client_.call("GET", target);
  if (!answer) return std::unexpected(no_verdict(answer.error() + kUnit));
  json said = body_of(*answer);
  if (answer->status != kOk || !said.is_array()) return std::unexpected(unexpected_answer(*answer));
  return said;
}

std::expected<std::vector<std::string>, Outcome> Daemon::tickets_of(const Identity& domain) const {
  const auto list = get("/v1/tickets");
  if (!list) return std::unexpected(list.error());
  std::vector<std::string> found;
  for (const json& ticket : *list) {
    const bool same =
        ticket.contains("uuid") ? ticket.value("uuid", "") == domain.uuid : ticket.value("name", "") == domain.name;
    if (same && ticket.at("holder").is_null()) found.push_back(ticket.value("ticket", ""));
  }
  return found;
}

Outcome Daemon::give_back_tickets_of(const Identity& domain) const {
  const auto tickets = tickets_of(domain);
  if (!tickets) return tickets.error();
  for (const std::string& ticket : *tickets) {
    const auto answer = client_.call("DELETE", "/v1/tickets/" + api::encoded(ticket));
    if (!answer) return no_verdict(answer.error() + kUnit);
    if (answer->status != kOk) return unexpected_answer(*answer);
  }
  return {};
}

Outcome Daemon::check_running(const Identity& domain) const {
  const auto list = get("/v1/domains");
  if (!list) return list.error();
  const auto found = std::ranges::find_if(*list, [&](const json& d) { return d.value("uuid", "") == domain.uuid; });
  const bool admitted = found != list->end() && found->at("label").is_object() && !found->value("adopted", false);
  if (admitted) return {};
  return {Status::allowed,
          "Warning: " + api::printable(domain.name) + " runs, but no verdict of acm-enforcerd covers it\n",
          {}};
}

}  // namespace xenacm::hooks
