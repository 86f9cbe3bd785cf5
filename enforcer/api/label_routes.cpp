// SPDX-License-Identifier: Apache-2.0
// Labels of domains and of their network interfaces.
#include <algorithm>
#include <charconv>
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/views.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= policy::kMaxNameBytes &&
         std::ranges::all_of(name, [](unsigned char c) { return c >= ' ' && c != 0x7f && c != '/'; });
}

// The domain that the path names; otherwise the call is answered.
std::optional<monitor::DomainName> domain_of(const Call& call, const Respond& respond) {
  if (is_plain_name(call.path[1])) return monitor::DomainName(call.path[1]);
  respond(error_response(422, "A domain's name has 1 to " + std::to_string(policy::kMaxNameBytes) +
                                  " bytes, without '/' and control characters."));
  return std::nullopt;
}

std::optional<monitor::VifName> vif_of(const Call& call, const Respond& respond) {
  const auto domain = domain_of(call, respond);
  if (!domain) return std::nullopt;
  const std::string& text = call.path[3];
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error == std::errc{} && end == text.data() + text.size() && index < monitor::kMaxVifs) {
    return monitor::VifName{monitor::configured_name(*domain), index};
  }
  respond(error_response(422, "Bad VIF index '" + text + "'; a domain's vifs are counted from 0 to " +
                                  std::to_string(monitor::kMaxVifs - 1)));
  return std::nullopt;
}

}  // namespace

void get_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  show(backend, respond, [name = call.path[1]](const monitor::State& state) {
    const auto label = domain_label_view(state, name);
    return label ? json_response(200, *label) : error_response(404, "Domain not labeled");
  });
}

void put_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "label", respond);
  if (!body) return;
  const auto name = domain_of(call, respond);
  if (!name) return;
  monitor::LabelDomain request{*name, {}, *member(*body, "label"), member(*body, "policy")};
  if (const auto uuid = member(*body, "uuid")) {
    request.uuid = monitor::parse_uuid(*uuid);
    if (!request.uuid) return respond(error_response(422, "'" + *uuid + "' is not a uuid"));
  }
  submit(backend, call, std::move(request), respond);
}

void delete_domain_label(const Backend& backend, const Call& call, const Respond& respond) {
  submit(backend, call, monitor::UnlabelDomain{monitor::DomainName(call.path[1])}, respond);
}

void get_vif_label(const Backend& backend, const Call& call, const Respond& respond) {
  const auto vif = vif_of(call, respond);
  if (!vif) return;
  show(backend, respond, [vif = *vif](const monitor::State& state) {
    const auto found = state.vif_labels().find(vif);
    return found != state.vif_labels().end() ? json_response(200, label_view(found->second))
                                             : error_response(404, "VIF is not labeled.");
  });
}

void put_vif_label(const Backend& backend, const Call& call, const Respond& respond) {
  const auto body = object_of(call, "label", respond);
  if (!body) return;
  if (const auto vif = vif_of(call, respond)) {
    submit(backend, call, monitor::LabelVif{*vif, *member(*body, "label"), member(*body, "policy")}, respond);
  }
}

void delete_vif_label(const Backend& backend, const Call& call, const Respond& respond) {
  if (const auto vif = vif_of(call, respond)) submit(backend, call, monitor::UnlabelVif{*vif}, respond);
}

}  // namespace xenacm::api
