// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/answers.h"

#include <string_view>

namespace xenacm::faults {

void Answers::note(const std::string& asked, Heard heard) {
  const std::scoped_lock lock(mutex_);
  Tally& tally = tallies_[asked];
  switch (heard) {
    case Heard::allowed:
      ++tally.allowed;
      ++given_;
      return;
    case Heard::denied:
      ++tally.denied;
      ++given_;
      return;
    case Heard::unknown:
      ++tally.unknown;
      return;
    case Heard::unavailable:
      unavailable_ = asked;
      return;
  }
}

std::string Answers::settle(const std::vector<audit::Record>& records) {
  const std::scoped_lock lock(mutex_);
  compare(records);
  std::string found = fault();
  tallies_.clear();
  return found;
}

void Answers::compare(const std::vector<audit::Record>& records) {
  constexpr std::string_view kAdopt = "adopt ";
  for (const audit::Record& record : records) {
    std::string action = record.what.action;
    const bool adopted = action.starts_with(kAdopt);
    if (adopted) action.replace(0, kAdopt.size(), "attach ");
    const auto asked = tallies_.find(action + " " + record.what.subject);
    if (asked == tallies_.end()) continue;
    if (adopted) {
      asked->second.adopted |= record.decision == "allow";
      continue;
    }
    if (record.decision == "allow") ++asked->second.recorded_allowed;
    if (record.decision == "deny") ++asked->second.recorded_denied;
  }
}

std::string Answers::fault() const {
  if (!unavailable_.empty()) return unavailable_ + ": could not be recorded, it was said";
  for (const auto& [asked, tally] : tallies_) {
    if (tally.recorded_allowed < tally.allowed && !tally.adopted)
      return asked + ": it was allowed, and is not recorded";
    if (tally.recorded_denied < tally.denied) return asked + ": it was refused, and is not recorded";
    if (tally.recorded_allowed > tally.allowed + tally.unknown) return asked + ": it was refused, and admitted";
  }
  return {};
}

}  // namespace xenacm::faults
