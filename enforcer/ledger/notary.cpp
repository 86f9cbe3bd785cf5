// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/notary.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/durable_file.h"

namespace xenacm::ledger {

Notary::Notary(audit::SigningKey key, Settings settings) : key_(std::move(key)), settings_(std::move(settings)) {}

std::expected<void, Error> Notary::attend(Ledger& ledger) {
  if (ledger.tip().seq - last_.seq < settings_.records) return {};
  return sign(ledger);
}

std::expected<void, Error> Notary::sign(Ledger& ledger) {
  const Tip& tip = ledger.tip();
  if (tip.seq == last_.seq) return {};
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  std::string text;
  try {
    text = audit::sign_checkpoint(tip.seq, tip.hash, now, key_);
  } catch (const std::exception& error) {
    return std::unexpected(error.what());
  }
  if (auto added = ledger.add_checkpoint(tip.seq, text); !added) return added;
  last_ = {tip.seq, now};
  uncommitted_.push_back(std::move(text));
  return {};
}

void Notary::committed() {
  if (uncommitted_.empty()) return;
  const std::vector<std::string> durable = std::exchange(uncommitted_, {});
  newest_ = last_;
  due_.reset();
  // The head is never ahead of the ledger: what is in it is committed.
  if (auto replaced = audit::replace_file(settings_.head, durable.back() + "\n"); !replaced) {
    spdlog::error("audit log: {}", replaced.error());
  }
  if (!settings_.witness) return;
  for (const std::string& checkpoint : durable) settings_.witness(checkpoint);
}

void Notary::rolled_back() {
  uncommitted_.clear();
  last_ = newest_;
  due_.reset();  // not at once again
}

std::optional<Notary::Clock::time_point> Notary::due(const Ledger& ledger) {
  if (ledger.tip().seq == newest_.seq) {
    due_.reset();
  } else if (!due_) {
    due_ = Clock::now() + settings_.interval;
  }
  return due_;
}

}  // namespace xenacm::ledger
