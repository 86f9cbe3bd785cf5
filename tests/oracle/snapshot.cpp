// SPDX-License-Identifier: Apache-2.0
#include "tests/oracle/snapshot.h"

namespace xenacm::oracle {

using namespace xenacm::monitor;
using nlohmann::json;

namespace {

template <class Domain>
json domain(const Domain& domain) {
  return {domain.name.get(), domain.uuid.get(), domain.label.text()};
}

json counts(const std::vector<std::string>& types, const std::vector<std::int64_t>& counted) {
  json all = json::object();
  for (std::size_t type = 0; type < types.size(); ++type) all[types[type]] = counted.at(type);
  return all;
}

std::string code(FaultCode code) {
  switch (code) {
    case FaultCode::invalid:
      return "fault:invalid";
    case FaultCode::not_found:
      return "fault:not_found";
    case FaultCode::conflict:
      return "fault:conflict";
    case FaultCode::refused_version:
      return "fault:refused_version";
  }
  return {};
}

// With what a reader is told of it: against whom and because of what; missing types; conflict set, own types in it, and
// who holds the others.
std::string text(const Reason& reason) {
  std::string all = std::string(to_text(reason.rule)) + " " + reason.subject.name;
  if (!reason.object.name.empty()) all += " @" + reason.object.name;
  if (!reason.conflict_set.empty()) all += " " + reason.conflict_set;
  for (const std::string& type : reason.types) all += " " + type;
  for (const Holder& holder : reason.holders) {
    all += "; " + holder.type + ":";
    for (const std::string& domain : holder.domains) all += " " + domain;
  }
  return all;
}

std::string text(const LinkKey& key) {
  return key.device_class + "/" + std::to_string(key.frontend.get()) + "/" + std::to_string(key.backend.get()) + "/" +
         std::to_string(key.device);
}

}  // namespace

json snapshot(const State& state) {
  const auto& ref = state.tables().ref;
  json all{{"policy", ref.name + " " + ref.version.text()}};
  for (const char* part : {"running", "bindings", "resources", "vifs", "tickets", "links", "modes"}) {
    all[part] = json::object();
  }
  for (const auto& [domid, running] : state.running()) {
    json& row = all["running"][std::to_string(domid.get())] = domain(running);
    row.push_back(running.adopted);
  }
  for (const auto& [name, binding] : state.bindings()) {
    all["bindings"][name.get()] = {binding.label.text(), binding.uuid ? json(binding.uuid->get()) : json(nullptr),
                                   binding.configured ? json(binding.configured->text()) : json(nullptr)};
  }
  for (const auto& [name, resource] : state.resources()) all["resources"][name.get()] = resource.label.text();
  for (const auto& [vif, label] : state.vif_labels()) {
    all["vifs"][vif.domain.get() + "/" + std::to_string(vif.index)] = label.text();
  }
  for (const auto& [id, ticket] : state.tickets()) all["tickets"][id] = domain(ticket);
  for (const auto& [key, link] : state.links()) {
    json names = json::array();
    for (const Resource& resource : link.resources) names.push_back(resource.name.get());
    all["links"][text(key)] = {link.network.bridge, link.network.nic, names};
  }
  for (const auto& [label, mode] : state.modes()) all["modes"][label] = to_text(mode);
  all["counts"] = counts(state.tables().chw_types, state.wall().running());
  all["aggregates"] = counts(state.tables().chw_types, state.wall().aggregate());
  return all;
}

json no_verdict(const std::string& why) {
  return {{"outcome", why}, {"reasons", json::array()}, {"mode", nullptr}, {"changed", false}};
}

json answer(const Outcome& outcome) {
  if (!outcome) {
    json undecided = no_verdict(code(outcome.error().code));
    undecided["message"] = outcome.error().message;
    return undecided;
  }
  const Verdict& verdict = outcome->verdict;
  json reasons = json::array();
  for (const Reason& reason : verdict.reasons) reasons.push_back({text(reason), reason.device});
  return {{"outcome", to_text(verdict.decision)},
          {"reasons", reasons},
          {"mode", to_text(verdict.mode)},
          {"changed", verdict.changed}};
}

}  // namespace xenacm::oracle
