// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/json.h"

#include <nlohmann/json.hpp>

namespace xenacm::monitor {

using nlohmann::json;

namespace {

json party_json(const Party& party) {
  return {{"name", party.name}, {"label", party.label}, {"types", party.types}, {"line", party.line}};
}

json reason_json(const Reason& reason) {
  json value{{"rule", to_text(reason.rule)},
             {"message", reason.message},
             {"subject", party_json(reason.subject)},
             {"remedy", reason.remedy}};
  if (!reason.object.name.empty()) value["object"] = party_json(reason.object);
  if (!reason.device.empty()) value["device"] = reason.device;
  if (!reason.types.empty()) value["types"] = reason.types;
  if (reason.rule == Rule::chinese_wall) {
    json holders = json::array();
    for (const Holder& holder : reason.holders) holders.push_back({{"type", holder.type}, {"domains", holder.domains}});
    value["conflict_set"] = {{"name", reason.conflict_set},
                             {"types", reason.conflict_types},
                             {"line", reason.conflict_line},
                             {"holders", holders}};
  }
  return value;
}

}  // namespace

json to_json(const std::vector<Reason>& reasons) {
  json list = json::array();
  for (const Reason& reason : reasons) list.push_back(reason_json(reason));
  return list;
}

json to_json(const policy::PolicyRef& ref) {
  return {{"name", ref.name}, {"version", ref.version.text()}, {"digest", ref.digest}};
}

json to_json(const Verdict& verdict) {
  return {{"decision", to_text(verdict.decision)},
          {"mode", to_text(verdict.mode)},
          {"policy", to_json(verdict.policy)},
          {"reasons", to_json(verdict.reasons)}};
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace xenacm::monitor
