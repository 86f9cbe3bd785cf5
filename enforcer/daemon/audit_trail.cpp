// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/audit_trail.h"

#include <utility>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/key_file.h"
#include "enforcer/daemon/witness.h"
#include "enforcer/ledger/audit_end.h"

namespace xenacm::daemon {

AuditTrail open_audit_trail(ledger::Ledger& ledger, const Config& config) {
  auto opened = audit::open_key(config.state_dir);
  if (!opened) return {.alarms = {opened.error() + ". The audit log is not signed"}};
  std::vector<std::string> alarms = ledger::examine_end(ledger, *opened, config.state_dir);
  audit::PublicKey key = opened->key.public_key();
  ledger::Notary::Settings settings{.records = config.audit.checkpoint_records,
                                    .interval = config.audit.checkpoint_seconds,
                                    .head = config.state_dir / audit::kHeadFile,
                                    .witness = witness(config.audit.witness)};
  return {.notary = ledger::Notary(std::move(opened->key), std::move(settings)),
          .key = std::move(key),
          .alarms = std::move(alarms)};
}

}  // namespace xenacm::daemon
