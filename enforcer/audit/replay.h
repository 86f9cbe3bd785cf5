// SPDX-License-Identifier: Apache-2.0
// Derives every recorded verdict again, from the recorded requests and policies alone (docs/audit.md, "Replay").
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/state.h"

namespace xenacm::audit {

// What a record says and what follows from those before it are not the same.
struct Difference {
  std::int64_t seq = 0;  // of the record; 0: it has none that can be read
  std::string what;      // the member that differs; "record": the record as a whole; "state": a row of a snapshot
  std::string recorded;  // JSON, or words; empty: nothing is
  std::string derived;   // the same
};

// Takes the records of a log in their order. They begin with record 1, or with a snapshot of the state.
class Replay {
 public:
  // A record as JSON text, with or without its hash. Whatever it holds, the replay goes on with the next one.
  [[nodiscard]] std::vector<Difference> feed(std::string_view record);

  // What the records so far lead to; none: unknown.
  [[nodiscard]] const std::optional<monitor::State>& state() const { return state_; }

  [[nodiscard]] std::int64_t records() const { return records_; }
  [[nodiscard]] std::int64_t derived() const { return derived_; }          // of them, verdicts derived again
  [[nodiscard]] std::int64_t without_request() const { return without_; }  // of them, from before requests were kept

 private:
  using Differences = std::vector<Difference>;
  [[nodiscard]] bool follow(std::int64_t seq, Differences& differences);
  void note(std::int64_t seq, const nlohmann::json& record, Differences& differences);
  void compare_state(std::int64_t seq, const nlohmann::json& snapshot, Differences& differences);
  void derive(std::int64_t seq, const nlohmann::json& record, Differences& differences);

  std::optional<monitor::State> state_;  // none: unknown, until the next snapshot
  std::int64_t last_ = 0;
  std::int64_t records_ = 0;
  std::int64_t derived_ = 0;
  std::int64_t without_ = 0;
  bool requests_kept_ = false;  // there was one: every later verdict has one too
};

}  // namespace xenacm::audit
