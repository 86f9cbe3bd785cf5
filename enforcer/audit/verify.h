// SPDX-License-Identifier: Apache-2.0
// Holds a log against its hashes and its checkpoints, in one pass, and says what was done to it (docs/audit.md, "What
// an attack looks like").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/signature.h"

namespace xenacm::audit {

enum class Fault {
  altered,     // a record's text or hash was changed
  missing,     // records were taken out, or never were there
  reordered,   // they stand in another order
  inserted,    // there is one that does not belong
  truncated,   // the end is missing, and the log's own checkpoints say so
  older_copy,  // a checkpoint that was kept elsewhere is ahead of the log
  forged,      // a checkpoint is not signed by whom it should be
  rewritten,   // the chain is sound, but it is not the one that was signed
};
[[nodiscard]] const char* to_text(Fault fault);

struct Finding {
  Fault fault = Fault::altered;
  std::int64_t seq = 0;  // of the first record that is concerned
  std::string message;   // a sentence for administrators
};

struct Report {
  std::uint64_t records = 0;  // that fit
  std::int64_t first = 0;     // number of the first and the last of them; 0: there is none
  std::int64_t last = 0;
  std::uint64_t checkpoints = 0;              // that fit
  std::int64_t vouched = 0;                   // the newest record that one of them stands for; 0: none
  std::chrono::microseconds vouched_time{0};  // when it was signed
  std::vector<std::string> keys;              // that have signed, by id
  std::optional<Finding> finding;             // the first; none: everything fits
};

// Where a checkpoint comes from.
enum class Source {
  log,       // the log itself: the ledger, or an export
  elsewhere  // kept outside of it: the head in the state directory, another host
};

class Verifier {
 public:
  // `trusted`: whose checkpoints count; empty: everybody's, each by the key that it names. `after`: the log begins with
  // the record after this one, of which a checkpoint must be known.
  explicit Verifier(std::vector<PublicKey> trusted, std::int64_t after = 0);

  // Before the first record, in any order. `text` may be anything.
  void expect(std::string_view text, Source source);

  // The next record; false: no more are needed. Of a line that is none, `feed_line` makes a finding.
  bool feed(std::string_view record, const Hash& hash);
  bool feed_line(std::string_view line);

  // After the last record.
  [[nodiscard]] Report finish();

 private:
  struct Expected {
    Checkpoint checkpoint;
    Source source;
  };

  void begin();
  void report(Fault fault, std::int64_t seq, std::string message);
  bool collect(std::string_view record, const Hash& hash);
  bool hold_against_checkpoints(std::int64_t seq, const Hash& hash);
  [[nodiscard]] std::string forgery(const Checkpoint& checkpoint) const;
  void vouch(const Checkpoint& checkpoint);
  void explain_gap();
  void look_past_the_end();

  std::vector<PublicKey> trusted_;
  std::int64_t after_;
  std::vector<Expected> expected_;  // by number, once the first record came
  std::size_t next_ = 0;            // of them
  bool begun_ = false;
  std::int64_t seq_ = 0;  // of the last record that fits
  Hash hash_{};
  Hash before_{};
  std::vector<Line> window_;  // from the first record on that does not fit
  Report report_;
};

}  // namespace xenacm::audit
