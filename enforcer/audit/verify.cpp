// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/verify.h"

#include <algorithm>
#include <utility>

#include "enforcer/audit/misfit.h"
#include "enforcer/audit/number.h"

namespace xenacm::audit {

namespace {

// As many records from the first that does not fit on tell a change from a move.
constexpr std::size_t kWindow = 64;

std::string record(std::int64_t seq) { return "record " + std::to_string(seq); }

}  // namespace

const char* to_text(Fault fault) {
  switch (fault) {
    case Fault::altered:
      return "altered";
    case Fault::missing:
      return "missing";
    case Fault::reordered:
      return "reordered";
    case Fault::inserted:
      return "inserted";
    case Fault::truncated:
      return "truncated";
    case Fault::older_copy:
      return "older-copy";
    case Fault::forged:
      return "forged";
    case Fault::rewritten:
      return "rewritten";
  }
  return "";
}

Verifier::Verifier(std::vector<PublicKey> trusted, std::int64_t after)
    : trusted_(std::move(trusted)), after_(after), seq_(after) {}

void Verifier::report(Fault fault, std::int64_t seq, std::string message) {
  if (!report_.finding) report_.finding = {fault, seq, std::move(message)};
}

void Verifier::expect(std::string_view text, Source source) {
  auto checkpoint = parse_checkpoint(text);
  if (!checkpoint) return report(Fault::forged, 0, "One of the checkpoints cannot be read: " + checkpoint.error());
  expected_.push_back({*std::move(checkpoint), source});
}

// Why a checkpoint is not to be believed; empty: it is.
std::string Verifier::forgery(const Checkpoint& checkpoint) const {
  const std::string which = "The checkpoint of " + record(checkpoint.seq);
  if (!checkpoint.signature_fits) {
    return which + " was changed after it was signed, or forged: the signature of the key " + checkpoint.key.id() +
           " does not fit it.";
  }
  const bool trusts = trusted_.empty() || std::ranges::any_of(trusted_, [&](const PublicKey& key) {
                        return key.base64() == checkpoint.key.base64();
                      });
  if (trusts) return {};
  return which + " is signed by the key " + checkpoint.key.id() +
         ", which is not the one that was given: it was forged, or it is of another host's log.";
}

// In ascending order; one that comes from two places counts once.
void Verifier::vouch(const Checkpoint& checkpoint) {
  if (checkpoint.seq == report_.vouched) return;
  ++report_.checkpoints;
  report_.vouched = checkpoint.seq;
  report_.vouched_time = checkpoint.time;
  std::vector<std::string>& keys = report_.keys;
  if (std::ranges::find(keys, checkpoint.key.id()) == keys.end()) keys.push_back(checkpoint.key.id());
}

void Verifier::begin() {
  begun_ = true;
  std::ranges::stable_sort(expected_, {}, [](const Expected& expected) { return expected.checkpoint.seq; });
  bool is_anchored = after_ == 0;
  for (; next_ < expected_.size() && expected_[next_].checkpoint.seq <= after_; ++next_) {
    const Checkpoint& checkpoint = expected_[next_].checkpoint;
    if (checkpoint.seq < after_) continue;
    if (std::string why = forgery(checkpoint); !why.empty()) return report(Fault::forged, after_, std::move(why));
    hash_ = checkpoint.hash;
    is_anchored = true;
    vouch(checkpoint);
  }
  if (is_anchored) return;
  report(Fault::missing, after_,
         "Without a checkpoint of " + record(after_) + " nobody can tell what the records after it follow.");
}

bool Verifier::feed_line(std::string_view line) {
  if (const auto parsed = parse_line(line)) return feed(parsed->record, parsed->hash);
  return feed(line, Hash{});  // whatever it is, it has not that hash
}

bool Verifier::feed(std::string_view text, const Hash& hash) {
  if (!begun_) begin();
  if (report_.finding) return false;
  if (!window_.empty()) return collect(text, hash);
  const auto seq = number_of(text);
  if (seq != seq_ + 1 || next_hash(hash_, text) != hash) return collect(text, hash);
  if (report_.records++ == 0) report_.first = *seq;
  report_.last = seq_ = *seq;
  before_ = std::exchange(hash_, hash);
  return hold_against_checkpoints(*seq, hash);
}

bool Verifier::collect(std::string_view text, const Hash& hash) {
  window_.push_back({std::string(text), hash});
  return window_.size() < kWindow;
}

bool Verifier::hold_against_checkpoints(std::int64_t seq, const Hash& hash) {
  for (; next_ < expected_.size() && expected_[next_].checkpoint.seq == seq; ++next_) {
    const Checkpoint& checkpoint = expected_[next_].checkpoint;
    if (std::string why = forgery(checkpoint); !why.empty()) {
      report(Fault::forged, seq, std::move(why));
      return false;
    }
    if (checkpoint.hash != hash) {
      report(Fault::rewritten, seq,
             "The records up to " + std::to_string(seq) +
                 " fit each other, but they are not those that the checkpoint of " + record(seq) +
                 " was signed for: one of them was changed and all hashes after it were made anew, or the checkpoint "
                 "is of another log.");
      return false;
    }
    vouch(checkpoint);
  }
  return true;
}

// A daemon that found its ledger older than its head goes on after the head: this is what that leaves behind.
void Verifier::explain_gap() {
  const auto seq = number_of(window_.front().record);
  if (!seq || *seq <= seq_ + 1) return;
  for (const auto& [checkpoint, source] : expected_) {
    if (checkpoint.seq != *seq - 1 || !forgery(checkpoint).empty()) continue;
    if (source == Source::elsewhere && report_.records == 0) continue;  // an export of which the beginning is not given
    if (next_hash(checkpoint.hash, window_.front().record) != window_.front().hash) continue;
    report(Fault::older_copy, seq_ + 1,
           "The records " + std::to_string(seq_ + 1) + " to " + std::to_string(*seq - 1) +
               " are missing: an older copy of the ledger was put in place, and the daemon went on after the last "
               "record that it had signed for.");
  }
}

void Verifier::look_past_the_end() {
  for (; next_ < expected_.size(); ++next_) {
    const auto& [checkpoint, source] = expected_[next_];
    if (std::string why = forgery(checkpoint); !why.empty()) {
      return report(Fault::forged, checkpoint.seq, std::move(why));
    }
    const std::string there_was = "there was a " + record(checkpoint.seq) + ".";
    const std::string ends = seq_ == 0 ? "The log is empty" : "The log ends with " + record(seq_);
    if (source == Source::log) {
      return report(Fault::truncated, seq_ + 1,
                    ends + ", but a signed checkpoint in it says that " + there_was + " Its end was cut off.");
    }
    return report(Fault::older_copy, seq_ + 1,
                  ends + ", but a signed checkpoint that was kept elsewhere says that " + there_was +
                      " An older copy of the log was put in its place, or its end was cut off.");
  }
}

Report Verifier::finish() {
  if (!begun_) begin();
  if (!report_.finding && !window_.empty()) {
    explain_gap();
    if (!report_.finding) report_.finding = explain({seq_, hash_, before_}, window_);
  }
  if (!report_.finding) look_past_the_end();
  return report_;
}

}  // namespace xenacm::audit
