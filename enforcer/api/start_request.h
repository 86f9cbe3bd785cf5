// SPDX-License-Identifier: Apache-2.0
// A domain that is to start, as a caller describes it. Internal to enforcer/api.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "enforcer/monitor/state.h"
#include "enforcer/monitor/verdict.h"
#include "enforcer/xen/domain_config.h"

namespace xenacm::api {

// {"config": the text of an xl configuration, "file": its name for messages}, or {"domain": DomainDescription of
// schemas/openapi.yaml}, which needs a name or a uuid. The error says what is wrong.
[[nodiscard]] std::expected<xen::DomainConfig, std::string> read_description(const nlohmann::json& body);

// Under an id that no domain has. A uuid without a name has the name that its label is bound to, else the uuid itself.
[[nodiscard]] monitor::StartDomain start_of(const monitor::State& state, const xen::DomainConfig& config);

// A backend or a domain, which is named by name or by number; empty: Domain-0.
[[nodiscard]] monitor::DomainName named_domain(const monitor::State& state, const std::string& text);

// The devices of the configuration by the words with which the reasons name them; null where none was judged, for the
// domain's label is not known (decisions.md 1).
[[nodiscard]] nlohmann::json devices_of(const xen::DomainConfig& config, const monitor::Verdict& verdict,
                                        bool label_known);

}  // namespace xenacm::api
