// SPDX-License-Identifier: Apache-2.0
// The state as the API shows it (schemas/openapi.yaml). Pure; lists are in byte order.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "enforcer/monitor/state.h"
#include "policy/diagnostic.h"

namespace xenacm::api {

[[nodiscard]] nlohmann::json status_view(const monitor::State& state);
[[nodiscard]] nlohmann::json policy_view(const monitor::State& state);
// The compiled policy with the running counts and conflict aggregates (acm.md 3.3, 8).
[[nodiscard]] nlohmann::json tables_view(const monitor::State& state);
[[nodiscard]] nlohmann::json labels_view(const monitor::State& state, const std::string& type);  // dom, res or any
[[nodiscard]] nlohmann::json label_view(const monitor::StoredLabel& label);
[[nodiscard]] nlohmann::json resources_view(const monitor::State& state);
// The labels that domains get when they start.
[[nodiscard]] nlohmann::json bindings_view(const monitor::State& state);
// The label bound to the name, else the one that a running domain of that name has; none: unlabelled.
[[nodiscard]] std::optional<nlohmann::json> domain_label_view(const monitor::State& state, const std::string& name);
// What the hypervisor has, each with name and label.
[[nodiscard]] nlohmann::json domains_view(const monitor::State& state, const nlohmann::json& present);
[[nodiscard]] nlohmann::json diagnostics_list(const policy::Diagnostics& diagnostics);
[[nodiscard]] nlohmann::json diagnostics_view(const policy::Diagnostics& diagnostics);

}  // namespace xenacm::api
