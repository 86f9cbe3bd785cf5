// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_end.h"

#include <optional>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"

namespace xenacm::ledger {

namespace {

using audit::Checkpoint;
using Alarms = std::vector<std::string>;

// A checkpoint that this key has signed.
std::optional<Checkpoint> own(const std::string& text, const audit::SigningKey& key) {
  auto checkpoint = audit::parse_checkpoint(text);
  const bool is_own = checkpoint && checkpoint->signature_fits && checkpoint->key.base64() == key.public_key().base64();
  return is_own ? std::optional(*std::move(checkpoint)) : std::nullopt;
}

// The head is ahead of the ledger: another ledger was put in place.
std::expected<void, Error> go_on_after(Ledger& ledger, const Checkpoint& head, const std::string& text) {
  if (auto begun = ledger.begin(); !begun) return begun;
  auto done = ledger.add_checkpoint(head.seq, text);
  if (done) done = ledger.commit();
  if (!done) {
    ledger.rollback();
    return done;
  }
  ledger.go_on_after({head.seq, head.hash});
  return {};
}

void hold_against_head(Ledger& ledger, const Checkpoint& head, const std::string& text, Alarms& alarms) {
  const std::string signed_seq = std::to_string(head.seq);
  const std::int64_t last = ledger.tip().seq;
  if (head.seq > last) {
    alarms.push_back("the ledger ends with record " + std::to_string(last) + ", but record " + signed_seq +
                     " was signed: an older copy of the ledger was put in place. The records between them are missing");
    if (auto done = go_on_after(ledger, head, text); !done) alarms.push_back(done.error());
    return;
  }
  const auto hash = ledger.hash_of(head.seq);
  if (!hash) return alarms.push_back(hash.error());
  if (!*hash) return alarms.push_back("record " + signed_seq + ", which was signed, is missing");
  if (**hash != head.hash) {
    alarms.push_back("record " + signed_seq + " is not the one that was signed: the log was written anew");
  }
}

}  // namespace

Alarms examine_end(Ledger& ledger, const audit::OpenedKey& key, const std::filesystem::path& state_dir) {
  Alarms alarms;
  const auto end = ledger.end();
  if (!end) return {end.error()};
  if (!end->fault.empty()) alarms.push_back(end->fault);
  const auto text = audit::contents_of(state_dir / audit::kHeadFile);
  if (key.is_new) {
    if (text || end->checkpoint) {
      alarms.push_back(
          "the key that its checkpoints were signed with is gone; those from now on are signed with the key " +
          key.key.public_key().id());
    }
    return alarms;
  }
  const auto head = text ? own(*text, key.key) : std::nullopt;
  if (head) {
    hold_against_head(ledger, *head, *text, alarms);
  } else if (text) {
    alarms.push_back(std::string(audit::kHeadFile) + " is no checkpoint that this host's key has signed");
  } else if (end->checkpoint) {
    alarms.push_back(std::string(audit::kHeadFile) + " is gone: an older copy of the ledger would not be noticed");
  }
  return alarms;
}

}  // namespace xenacm::ledger
