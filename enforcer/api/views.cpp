// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/views.h"

#include <algorithm>
#include <set>

#include "enforcer/monitor/json.h"
#include "enforcer/monitor/resource_label.h"

namespace xenacm::api {

using monitor::State;
using nlohmann::json;

namespace {

// Running types and aggregates by name.
json all_counts(const State& state, const std::vector<std::int64_t>& values) {
  json body = json::object();
  for (std::size_t type = 0; type < values.size(); ++type) body[state.tables().chw_types[type]] = values[type];
  return body;
}

// The same without those that count nothing.
json counts(const State& state, const std::vector<std::int64_t>& values) {
  json body = json::object();
  for (std::size_t type = 0; type < values.size(); ++type) {
    if (values[type] != 0) body[state.tables().chw_types[type]] = values[type];
  }
  return body;
}

// The domains that tickets are held for.
json about_to_start(const State& state) {
  json list = json::array();
  for (const auto& [id, ticket] : state.tickets()) {
    list.push_back({{"name", ticket.name.get()}, {"label", ticket.label.label}});
  }
  return list;
}

// INVARIANT of the state: either there is no such domain, or its uuid tells it from an earlier one of the same id.
const monitor::RunningDomain* find(const State& state, const json& present) {
  const auto* domain = state.find_running(monitor::DomId(present.at("domid").get<std::uint16_t>()));
  if (domain == nullptr || domain->domid == monitor::kDomain0) return domain;
  return domain->uuid.get() == present.at("uuid").get<std::string>() ? domain : nullptr;
}

// A vif goes by the bridge or NIC that it is plugged into.
std::set<std::string> unlabelled_things_of(const State& state, const monitor::Link& link) {
  std::set<std::string> names;
  for (const monitor::Resource& resource : link.resources) {
    if (monitor::record_named(state, resource) == nullptr) names.insert(resource.name.get());
  }
  const monitor::RunningDomain* backend = state.find_running(link.key.backend);
  if (backend == nullptr || link.key.device_class != "vif" || monitor::label_of_link(state, link)) return names;
  const std::string host = monitor::configured_name(backend->name).get();
  for (const auto& [kind, name] : {std::pair("bridge", link.network.bridge), {"nic", link.network.nic}}) {
    if (name.empty()) continue;
    if (const auto network = monitor::network_name(kind, name, host)) names.insert(network->get());
  }
  return names;
}

// What runs or is used, and has no label.
json unlabelled(const State& state) {
  json domains = json::array();
  for (const auto& [domid, domain] : state.running()) {
    const auto row = state.row_of(domain.label);
    if (!row || *row == policy::Tables::kUnlabeledRow) domains.push_back(domain.name.get());
  }
  std::set<std::string> resources;
  for (const auto& [key, link] : state.links()) resources.merge(unlabelled_things_of(state, link));
  return {{"domains", domains}, {"resources", resources}};
}

json links_by_class(const State& state) {
  json classes = json::object();
  for (const auto& [key, link] : state.links()) {
    classes[key.device_class] = classes.value(key.device_class, 0) + 1;
  }
  return classes;
}

}  // namespace

json label_view(const monitor::StoredLabel& label) {
  return {{"policy", label.policy}, {"label", label.label}, {"valid", label.valid}, {"text", label.text()}};
}

json policy_view(const State& state) {
  const policy::Header& header = state.policy().policy.header;
  json body = monitor::to_json(state.tables().ref);
  body["type"] = "ACM";
  if (header.date) body["date"] = *header.date;
  if (header.reference) body["reference"] = *header.reference;
  if (header.url) body["url"] = *header.url;
  return body;
}

json status_view(const State& state) {
  json modes = json::object();
  for (const auto& [label, mode] : state.modes()) {
    if (!label.empty()) modes[label] = to_text(mode);
  }
  json adopted = json::array();
  for (const auto& [domid, domain] : state.running()) {
    if (domain.adopted) adopted.push_back(domain.name.get());
  }
  return {{"version", XENACM_VERSION},
          {"about_to_start", about_to_start(state)},
          {"policy", policy_view(state)},
          {"mode", to_text(state.mode())},
          {"label_modes", modes},
          {"running", state.running().size()},
          {"links", state.links().size()},
          {"links_by_class", links_by_class(state)},
          {"bindings", state.bindings().size()},
          {"resources", state.resources().size()},
          {"adopted", adopted},
          {"unlabelled", unlabelled(state)},
          {"running_types", counts(state, state.wall().running())},
          {"conflict_aggregate", counts(state, state.wall().aggregate())}};
}

json tables_view(const State& state) {
  const policy::Tables& tables = state.tables();
  json labels = json::array();
  for (std::size_t row = 0; row < tables.vm_labels.size(); ++row) {
    const policy::VmLabelId label(row);
    labels.push_back({{"name", tables.vm_labels[row].name},
                      {"line", tables.vm_labels[row].line},
                      {"ste", policy::type_names(tables.ste(label), tables.ste_types)},
                      {"chw", policy::type_names(tables.chw(label), tables.chw_types)},
                      {"domain0", label == state.domain0_row()},
                      {"unlabeled", label == policy::Tables::kUnlabeledRow}});
  }
  json resource_labels = json::array();
  for (std::size_t row = 0; row < tables.resource_labels.size(); ++row) {
    resource_labels.push_back(
        {{"name", tables.resource_labels[row].name},
         {"line", tables.resource_labels[row].line},
         {"ste", policy::type_names(tables.ste(policy::ResourceLabelId(row)), tables.ste_types)}});
  }
  json conflict_sets = json::array();
  for (std::size_t row = 0; row < tables.conflict_sets.size(); ++row) {
    conflict_sets.push_back({{"name", tables.conflict_sets[row].name},
                             {"line", tables.conflict_sets[row].line},
                             {"types", policy::type_names(tables.conflicts.row(row), tables.chw_types)}});
  }
  return {{"policy", monitor::to_json(tables.ref)},
          {"ste_types", tables.ste_types},
          {"chw_types", tables.chw_types},
          {"labels", labels},
          {"resource_labels", resource_labels},
          {"conflict_sets", conflict_sets},
          {"running", all_counts(state, state.wall().running())},
          {"about_to_start", about_to_start(state)},
          {"aggregate", all_counts(state, state.wall().aggregate())}};
}

json labels_view(const State& state, const std::string& type) {
  const policy::Tables& tables = state.tables();
  std::set<std::string> names;
  if (type != "res") {
    for (const policy::Entry& label : tables.vm_labels) names.insert(label.name);
    if (!tables.unlabeled_defined) names.erase(std::string(policy::kUnlabeled));
  }
  if (type != "dom") {
    for (const policy::Entry& label : tables.resource_labels) names.insert(label.name);
  }
  return {{"policy", tables.ref.name}, {"labels", names}};
}

json resources_view(const State& state) {
  json list = json::array();
  for (const auto& [name, resource] : state.resources()) {
    json entry = label_view(resource.label);
    entry["name"] = name.get();
    entry["identity"] = nullptr;
    if (const auto& identity = resource.identity) {
      entry["identity"] = {{"place", identity->place}, {"birth", identity->birth}, {"mark", identity->mark}};
    }
    list.push_back(std::move(entry));
  }
  return list;
}

json bindings_view(const State& state) {
  json list = json::array();
  for (const auto& [name, binding] : state.bindings()) {
    json entry = label_view(binding.label);
    entry["name"] = name.get();
    entry["uuid"] = binding.uuid ? json(binding.uuid->get()) : json();
    list.push_back(std::move(entry));
  }
  return list;
}

std::optional<json> domain_label_view(const State& state, const std::string& name) {
  const monitor::DomainName asked(name);
  if (const auto bound = state.bindings().find(asked); bound != state.bindings().end())
    return label_view(bound->second.label);
  const monitor::RunningDomain* running = state.find_running(asked);
  return running != nullptr ? std::optional(label_view(running->label)) : std::nullopt;
}

json domains_view(const State& state, const json& present) {
  json list = json::array();
  for (const json& domain : present) {
    json entry = domain;
    const monitor::RunningDomain* running = find(state, domain);
    entry["name"] = running != nullptr ? running->name.get() : "(not admitted)";
    entry["label"] = running != nullptr ? label_view(running->label) : json();
    entry["adopted"] = running != nullptr && running->adopted;
    list.push_back(std::move(entry));
  }
  return list;
}

json diagnostics_list(const policy::Diagnostics& diagnostics) {
  json list = json::array();
  for (const policy::Diagnostic& diagnostic : diagnostics) {
    list.push_back({{"severity", diagnostic.severity == policy::Severity::error ? "error" : "warning"},
                    {"line", diagnostic.at.line},
                    {"column", diagnostic.at.column},
                    {"message", diagnostic.message}});
  }
  return list;
}

json diagnostics_view(const policy::Diagnostics& diagnostics) {
  const auto error = std::ranges::find(diagnostics, policy::Severity::error, &policy::Diagnostic::severity);
  const std::string_view message =
      error != diagnostics.end() ? policy::describe(error->code) : "The policy is not valid.";
  return {{"error", {{"message", message}}}, {"diagnostics", diagnostics_list(diagnostics)}};
}

}  // namespace xenacm::api
