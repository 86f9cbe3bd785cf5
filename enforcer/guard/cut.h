// SPDX-License-Identifier: Apache-2.0
// Takes a link out of the store, its ends being used to it or not (docs/guard.md, "The cut").
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "enforcer/guard/asking.h"
#include "enforcer/guard/ends.h"

namespace xenacm::guard {

// A driver domain whose xl devd is just setting up what libxl attached is given this long to finish: whoever is
// disturbed at it waits ten seconds, and then clears away what has that number by then.
inline constexpr std::chrono::milliseconds kSetupTime{5000};
// The two ends are given this long to close the link between them; then it is declared closed, and xl devd has so long
// to clear it away. What is left is removed as it is.
inline constexpr std::chrono::milliseconds kCloseTime{1000};
inline constexpr std::chrono::milliseconds kClearTime{4000};

class Cut {
 public:
  // `why`: for the alarm, "vif link 0 of domain 5 with domain 3 was refused (ste: ...)".
  Cut(std::string why, Clock::time_point noticed) : why_(std::move(why)), noticed_(noticed) {}

  // A directory that goes, back end or front end.
  void add(const std::string& directory);
  // A link on record that goes along, since an end of it does.
  void displace(const monitor::LinkKey& key) { displaced_.insert(key); }

  // One step; true: it is done. Never waits. The error: a step failed, and is tried again by the next call.
  [[nodiscard]] std::expected<bool, std::string> step(xen::Xenstore& store, Clock::time_point now);

  [[nodiscard]] const std::string& why() const { return why_; }
  // Of a cut that is done: "vif link ...: closing began 3 ms after it was noticed, it was gone after 210 ms".
  [[nodiscard]] std::string told(Clock::time_point now) const;
  [[nodiscard]] const std::set<monitor::LinkKey>& displaced() const { return displaced_; }
  [[nodiscard]] bool is_about(const std::string& directory) const;

 private:
  [[nodiscard]] std::expected<void, std::string> declare(xen::Xenstore& store, const std::string& state);
  [[nodiscard]] std::expected<void, std::string> remove(xen::Xenstore& store);

  std::string why_;
  Clock::time_point noticed_;
  std::set<std::string> backends_;
  std::set<std::string> frontends_;
  std::set<monitor::LinkKey> displaced_;
  std::optional<Clock::time_point> first_step_;
  std::optional<Clock::time_point> begun_;  // to close
  bool left_over_ = false;                  // a back end that nobody cleared away
};

}  // namespace xenacm::guard
