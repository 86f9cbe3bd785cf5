// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/standing.h"

#include "enforcer/audit/checkpoint.h"

namespace xenacm::ledger {

void Standing::begin(const Ledger& ledger) {
  last_record = ledger.tip().seq;
  const auto end = ledger.end();
  if (!end || !end->checkpoint) return;
  const auto checkpoint = audit::parse_checkpoint(*end->checkpoint);
  if (!checkpoint) return;
  checkpoint_record = checkpoint->seq;
  checkpoint_time = checkpoint->time.count();
}

void Standing::follow(const Ledger& ledger, const std::optional<Notary>& notary) {
  last_record = ledger.tip().seq;
  if (!notary || notary->newest().seq == 0) return;
  checkpoint_record = notary->newest().seq;
  checkpoint_time = notary->newest().time.count();
}

}  // namespace xenacm::ledger
