// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/state_json.h"

#include "enforcer/monitor/state_members.h"

namespace xenacm::monitor {

using nlohmann::json;

namespace {

using Row = std::variant<PutPolicy, PutMode, PutRunning, PutTicket, PutBinding, PutResource, PutVifLabel, PutLink>;

// The policy first: the counts of what the other rows say depend on it.
std::vector<Row> rows_of(const State& state) {
  std::vector<Row> rows;
  rows.emplace_back(
      PutPolicy{std::shared_ptr<const policy::Compiled>(), std::make_shared<const std::string>(state.document())});
  for (const auto& [label, mode] : state.modes()) rows.emplace_back(PutMode{label, mode});
  for (const auto& [domid, domain] : state.running()) rows.emplace_back(PutRunning{domain});
  for (const auto& [id, ticket] : state.tickets()) rows.emplace_back(PutTicket{ticket});
  for (const auto& [name, binding] : state.bindings()) rows.emplace_back(PutBinding{name, binding});
  for (const auto& [name, resource] : state.resources()) rows.emplace_back(PutResource{name, resource});
  for (const auto& [vif, label] : state.vif_labels()) rows.emplace_back(PutVifLabel{vif, label});
  for (const auto& [key, link] : state.links()) rows.emplace_back(PutLink{link});
  return rows;
}

std::expected<std::vector<Row>, std::string> read_rows(const json& list) {
  std::vector<Row> rows;
  std::string error;
  for (std::size_t i = 0; i < list.size() && error.empty(); ++i) {
    JsonReader::read_variant(list[i], "snapshot.rows[" + std::to_string(i) + "]", error, rows.emplace_back());
  }
  if (!error.empty()) return std::unexpected(std::move(error));
  return rows;
}

}  // namespace

json to_json(const State& state) {
  json rows = json::array();
  for (const Row& row : rows_of(state)) rows.push_back(JsonWriter::written_variant(row));
  return {{"kind", kSnapshotKind}, {"rows", std::move(rows)}};
}

std::expected<State, std::string> state_from_json(const json& value) {
  if (!value.is_object() || !value.contains("rows") || !value.at("rows").is_array()) {
    return std::unexpected("snapshot has no list of rows");
  }
  auto rows = read_rows(value.at("rows"));
  if (!rows) return std::unexpected(std::move(rows.error()));
  const auto* policy = rows->empty() ? nullptr : std::get_if<PutPolicy>(&rows->front());
  if (policy == nullptr) return std::unexpected("snapshot.rows[0] is no policy");
  State state(policy->compiled, policy->document);
  for (std::size_t i = 1; i < rows->size(); ++i) {
    if (std::holds_alternative<PutPolicy>((*rows)[i])) {
      return std::unexpected("snapshot.rows[" + std::to_string(i) + "] is a second policy");
    }
    std::visit([&](const auto& put) { state.apply(Change(put)); }, (*rows)[i]);
  }
  if (!state.row_of(state.domain0().label)) {
    return std::unexpected("snapshot: Domain-0's label " + state.domain0().label.text() + " is not in its policy");
  }
  return state;
}

}  // namespace xenacm::monitor
