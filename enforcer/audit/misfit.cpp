// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/misfit.h"

#include <fmt/format.h>

#include <algorithm>

#include "enforcer/audit/number.h"

namespace xenacm::audit {

namespace {

bool follows(const Hash& before, const Line& line) { return next_hash(before, line.record) == line.hash; }

Finding altered(std::int64_t seq, const std::string& how) {
  return {Fault::altered, seq, fmt::format("Record {} was changed: {}.", seq, how)};
}

// The right number, but not the hash of what stands there.
Finding explain_hash(const Fitting& fitting, std::int64_t seq, const std::vector<Line>& window) {
  const Line& record = window.front();
  if (window.size() > 1) {
    const Line& next = window[1];
    if (number_of(next.record) == seq && follows(fitting.hash, next)) {
      return {Fault::inserted, seq, fmt::format("A record was put in before record {}, under the same number.", seq)};
    }
    if (follows(next_hash(fitting.hash, record.record), next)) {
      return altered(seq, "its hash is not that of its text, but the records after it follow from the text");
    }
    if (follows(record.hash, next)) {
      return altered(seq,
                     "its text does not fit its hash, which the records after it follow from (or the record before it "
                     "was changed together with its hash)");
    }
  }
  return altered(seq, "its text and its hash do not fit");
}

// A number ahead of its turn.
Finding explain_gap(const Fitting& fitting, std::int64_t turn, std::int64_t seq, const std::vector<Line>& window) {
  const auto has_turn = [&](const Line& line) { return number_of(line.record) == turn; };
  if (std::ranges::any_of(window, has_turn)) {
    return {Fault::reordered, turn,
            fmt::format("Record {} stands where record {} should, which comes later: they were put into another order.",
                        seq, turn)};
  }
  const std::string gone = turn == seq - 1 ? fmt::format("Record {} is missing", turn)
                                           : fmt::format("The records {} to {} are missing", turn, seq - 1);
  if (follows(fitting.hash, window.front())) {
    return {Fault::missing, turn, gone + ", and the hashes after them were made anew."};
  }
  return {Fault::missing, turn, gone + "."};
}

}  // namespace

Finding explain(const Fitting& fitting, const std::vector<Line>& window) {
  const Line& record = window.front();
  const std::int64_t turn = fitting.seq + 1;
  if (const auto bare = without_row(record.record); bare && follows(fitting.hash, {*bare, record.hash})) {
    return altered(turn, "the ledger has it under another number");
  }
  if (follows(fitting.hash, {renumbered(record.record, turn), record.hash})) {
    return altered(turn, "it has another number than it had");
  }
  // Whatever number its text gives it now: the next one follows what once stood here.
  if (window.size() > 1 && number_of(window[1].record) == turn + 1 && follows(record.hash, window[1])) {
    return explain_hash(fitting, turn, window);
  }
  const auto seq = number_of(record.record);
  if (!seq) return altered(turn, "what stands in its place is no record");
  if (*seq == turn) return explain_hash(fitting, turn, window);
  if (*seq > turn) return explain_gap(fitting, turn, *seq, window);
  if (*seq == fitting.seq && follows(fitting.before, record)) {
    return {Fault::inserted, *seq, fmt::format("There are two records {}: one of them was put in.", *seq)};
  }
  return {Fault::inserted, turn,
          fmt::format("A record {} stands before record {}: it was put in, or moved there.", *seq, turn)};
}

}  // namespace xenacm::audit
