// SPDX-License-Identifier: Apache-2.0
// What signs the audit log, and what was found out about it at the start (docs/audit.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enforcer/audit/signature.h"
#include "enforcer/daemon/config.h"
#include "enforcer/ledger/ledger.h"
#include "enforcer/ledger/notary.h"

namespace xenacm::daemon {

struct AuditTrail {
  std::optional<ledger::Notary> notary;  // none: its key cannot be used, which is an alarm
  std::optional<audit::PublicKey> key;
  std::vector<std::string> alarms;  // sentences; nothing of it keeps the daemon from protecting the host
};

// Makes the key, where there is none.
[[nodiscard]] AuditTrail open_audit_trail(ledger::Ledger& ledger, const Config& config);

}  // namespace xenacm::daemon
