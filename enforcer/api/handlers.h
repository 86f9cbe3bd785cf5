// SPDX-License-Identifier: Apache-2.0
// The handlers behind the table of routes, by the file that has them. Internal to enforcer/api.
#pragma once

#include "enforcer/api/backend.h"
#include "enforcer/api/message.h"

namespace xenacm::api {

using Handler = void (*)(const Backend&, const Call&, const Respond&);

// status_routes.cpp
void get_status(const Backend& backend, const Call& call, const Respond& respond);
void get_metrics(const Backend& backend, const Call& call, const Respond& respond);
void get_archives(const Backend& backend, const Call& call, const Respond& respond);
void get_bindings(const Backend& backend, const Call& call, const Respond& respond);
void get_domains(const Backend& backend, const Call& call, const Respond& respond);
void put_mode(const Backend& backend, const Call& call, const Respond& respond);

// audit_routes.cpp
void get_audit(const Backend& backend, const Call& call, const Respond& respond);
void get_audit_lines(const Backend& backend, const Call& call, const Respond& respond);
void get_audit_checkpoints(const Backend& backend, const Call& call, const Respond& respond);
void get_audit_key(const Backend& backend, const Call& call, const Respond& respond);

// policy_routes.cpp
// Percent of the labels that may lose their meaning: as configured, or all of them with ?force.
[[nodiscard]] unsigned most_invalidated(const Backend& backend, const Call& call);
// Makes the request to set the call's document, and calls `then` with it and with its warnings, beside the API's
// thread; a document that does not compile is answered.
using Compiled = std::function<void(monitor::SetPolicy, const nlohmann::json& warnings)>;
void compile_aside(const Backend& backend, const Call& call, const Respond& respond, const Compiled& then);
void judge_signature(const Backend& backend, monitor::SetPolicy& request);
void get_policy(const Backend& backend, const Call& call, const Respond& respond);
void put_policy(const Backend& backend, const Call& call, const Respond& respond);
void delete_policy(const Backend& backend, const Call& call, const Respond& respond);
void get_document(const Backend& backend, const Call& call, const Respond& respond);
void get_tables(const Backend& backend, const Call& call, const Respond& respond);
void get_labels(const Backend& backend, const Call& call, const Respond& respond);

// history_routes.cpp
void get_history(const Backend& backend, const Call& call, const Respond& respond);
void get_past_document(const Backend& backend, const Call& call, const Respond& respond);
void post_rollback(const Backend& backend, const Call& call, const Respond& respond);

// label_routes.cpp
void get_domain_label(const Backend& backend, const Call& call, const Respond& respond);
void put_domain_label(const Backend& backend, const Call& call, const Respond& respond);
void delete_domain_label(const Backend& backend, const Call& call, const Respond& respond);
void get_vif_label(const Backend& backend, const Call& call, const Respond& respond);
void put_vif_label(const Backend& backend, const Call& call, const Respond& respond);
void delete_vif_label(const Backend& backend, const Call& call, const Respond& respond);

// resource_routes.cpp
void get_resources(const Backend& backend, const Call& call, const Respond& respond);
void get_resource(const Backend& backend, const Call& call, const Respond& respond);
void put_resource(const Backend& backend, const Call& call, const Respond& respond);
void delete_resource(const Backend& backend, const Call& call, const Respond& respond);
void get_resources_check(const Backend& backend, const Call& call, const Respond& respond);
void post_repair(const Backend& backend, const Call& call, const Respond& respond);

// ticket_routes.cpp
void get_tickets(const Backend& backend, const Call& call, const Respond& respond);
void post_tickets(const Backend& backend, const Call& call, const Respond& respond);
void delete_ticket(const Backend& backend, const Call& call, const Respond& respond);

// whatif_routes.cpp
void post_config(const Backend& backend, const Call& call, const Respond& respond);
void post_whatif_start(const Backend& backend, const Call& call, const Respond& respond);
void post_whatif_attach(const Backend& backend, const Call& call, const Respond& respond);
void post_whatif_setpolicy(const Backend& backend, const Call& call, const Respond& respond);

}  // namespace xenacm::api
