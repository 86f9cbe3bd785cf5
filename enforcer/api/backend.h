// SPDX-License-Identifier: Apache-2.0
// What the API stands on. The daemon fills it in; the API knows nothing of the hypervisor or of SQLite.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/audit/filter.h"
#include "enforcer/monitor/state.h"
#include "enforcer/monitor/submit.h"
#include "enforcer/monitor/tally.h"

namespace xenacm::api {

class TicketWatch;

// Records to read: those after `after`, or the first or newest.
struct AuditPage {
  std::optional<std::int64_t> after;
  std::int64_t limit = 1000;
};

struct PastDocument {
  std::string text;
  std::string signature;  // base64; empty: none
};

// Errors are sentences for people.
struct Backend {
  monitor::Submit submit;
  // Decides and changes nothing: neither state nor audit log.
  monitor::Submit whatif;
  // Shows the state after everything submitted before; none while the ledger cannot be read. Calls back on a thread of
  // its own choice.
  std::function<void(std::function<void(const monitor::State*)>)> look;
  // What reads the audit log calls back on a thread of its own choice: of a long log it takes seconds, which must hold
  // up no hook.
  using ToldJson = std::function<void(std::expected<nlohmann::json, std::string>)>;
  using ToldText = std::function<void(std::expected<std::string, std::string>)>;
  // Array of AuditRecord (schemas/openapi.yaml).
  std::function<void(xenacm::audit::Filter, ToldJson)> audit;
  // Exported lines; empty: there are no more.
  std::function<void(AuditPage, ToldText)> audit_lines;
  // AuditCheckpoints (schemas/openapi.yaml): those after `after`, or the newest.
  std::function<void(AuditPage, ToldJson)> audit_checkpoints;
  // AuditKey (schemas/openapi.yaml); null: nothing is signed.
  nlohmann::json audit_key;
  // Array of PastPolicy (schemas/openapi.yaml), the last one in force.
  std::function<std::expected<nlohmann::json, std::string>()> history;
  // Their documents: the first is that of number 1.
  std::function<std::expected<std::vector<PastDocument>, std::string>()> documents;
  // Why a policy of this document with this signature must not be set; none: it may. No function: any may.
  std::function<std::optional<std::string>(const std::string& document, const std::string& signature)> distrust;
  // Does work that takes long on a thread of its own, one piece after the other.
  std::function<void(std::function<void()>)> aside;
  // Percent of the labels that an update may leave without a meaning, unless it is forced.
  unsigned most_invalidated = 100;
  // Array of what the hypervisor says: domid, uuid, memory_mib, vcpus, state, cpu_seconds.
  std::function<std::expected<nlohmann::json, std::string>()> domains;
  // What is behind a resource's name now. Calls back on a thread of its own choice.
  std::function<void(monitor::Resource, std::function<void(monitor::Resource)>)> identify;
  // Compares resource labels with what is there now: array of Finding (schemas/openapi.yaml); none while the ledger
  // cannot be read.
  std::function<void(std::function<void(std::optional<nlohmann::json>)>)> check_resources;
  // Verdicts since the start.
  std::function<const monitor::Tally&()> tally;
  // What ends tickets (ticket_watch.h). Of the API's thread, which `submit` answers on.
  TicketWatch* tickets = nullptr;
  // Gate and guard as they stand.
  std::function<nlohmann::json()> lines;
  // Whether the audit log can be written, and how far its outputs and archives are (schemas/openapi.yaml: AuditState).
  std::function<nlohmann::json()> audit_state;
  // Array of Archive (schemas/openapi.yaml), oldest first.
  std::function<std::expected<nlohmann::json, std::string>()> archives;
};

}  // namespace xenacm::api
