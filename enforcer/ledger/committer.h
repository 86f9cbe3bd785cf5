// SPDX-License-Identifier: Apache-2.0
// Decides requests in the order in which they came and makes verdict, change and audit record durable together.
//
// Requests that wait while a commit is under way are decided one after another and committed at once (group commit).
// INVARIANT: no answer leaves before its commit, but for those that OnFailure::carry_on and permissive mode give while
// nothing can be written; the first record that can be written again says of how many.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "enforcer/ledger/gap_marker.h"
#include "enforcer/ledger/ledger.h"
#include "enforcer/ledger/notary.h"
#include "enforcer/ledger/outage.h"
#include "enforcer/ledger/standing.h"
#include "enforcer/monitor/submit.h"
#include "enforcer/monitor/tally.h"

namespace xenacm::ledger {

// What becomes of requests while nothing can be recorded (docs/audit.md, "When it cannot be written").
enum class OnFailure {
  deny,      // refused; what permissive mode must not stop is let through, and changes no state
  halt,      // the daemon ends
  carry_on,  // decided on the state in memory; the records are written first once that is possible
};

struct CommitterOptions {
  OnFailure on_failure = OnFailure::deny;
  std::function<void(const Error&)> halt = [](const Error&) {};       // on_failure: halt
  std::vector<std::filesystem::path> marker_folders;                  // where carry_on leaves a trace of a death
  std::function<void(std::int64_t)> committed = [](std::int64_t) {};  // there are records up to this one
  std::size_t most_kept = 10'000;          // carry_on: records in memory; what comes then is refused
  std::int64_t segment_records = 100'000;  // after that many the state is written down, and a new segment begins
  monitor::Caller self;                    // of the monitor's own records
};

class Committer {
 public:
  // Sees the state between two batches; none while the ledger cannot be read.
  using Look = std::function<void(const monitor::State*)>;

  // Owns the ledger from here on. `state` is what the ledger holds. Without a notary no checkpoints are signed.
  Committer(Ledger ledger, monitor::State state, CommitterOptions options = {},
            std::optional<Notary> notary = std::nullopt);
  ~Committer();  // stops, unless that is done
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Decides and commits everything submitted before it, signs where the log ends, and ends the thread; what is
  // submitted later is not answered.
  void stop();

  // All may be called from any thread and never block; `answer` and `look` run on the committer's own thread.
  void submit(monitor::Request request, monitor::Caller caller, monitor::Answer answer);
  void look(Look look);
  // Records an event that is no request: the monitor's own start and stop, an alarm.
  void note(monitor::Description what, monitor::Caller caller);
  // The segment is in a file; some of the records that are in files are to go; the segment's file is to go. `done`
  // tells whether that is durable.
  void archived(const Segment& segment, std::function<void(bool)> done);
  void drop_archived(std::function<void(bool)> done);
  void forget(const Segment& segment, std::function<void(bool)> done);

  // These too.
  [[nodiscard]] const monitor::Tally& tally() const { return tally_; }
  [[nodiscard]] const Standing& standing() const { return standing_; }
  [[nodiscard]] std::size_t waiting();
  [[nodiscard]] Outage::Told outage() const { return outage_.told(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Submitted {
    monitor::Request request;
    monitor::Caller caller;
    monitor::Answer answer;
    Clock::time_point at;
  };
  struct Noted {
    audit::Record record;  // but for what the state says
  };
  struct Retired {
    std::optional<audit::Record> record;  // but for what the state says
    std::function<std::expected<void, Error>(Ledger&)> change;
    std::function<void(bool)> done;
  };
  using Job = std::variant<Submitted, Noted, Retired, Look>;
  struct Answered {
    monitor::RequestClass request_class = monitor::RequestClass::start;
    Clock::time_point asked;
    monitor::Answer answer;
    monitor::Reply reply;
  };
  // What is to be durable of one decision.
  struct Entry {
    std::optional<audit::Record> record;
    monitor::Delta delta;
    bool begins_segment = false;
    std::function<std::expected<void, Error>(Ledger&)> change;  // of the audit log itself; none: there is none
  };
  struct Told {
    std::function<void(bool)> done;
    bool tried = false;
  };
  struct Decided {
    std::vector<Entry> entries;
    std::vector<Answered> answers;
    std::vector<Told> retired;
  };

  void push(Job job);
  void work();
  [[nodiscard]] std::vector<Job> next_batch();
  void attend(std::vector<Job> batch);
  void give_up(const std::exception& error);
  [[nodiscard]] bool is_to_be_signed();
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void sign();
  void finish();
  void run(std::vector<Job> batch);
  void decide_batch(const std::vector<Job>& batch, Decided& decided);
  void decide_one(const Submitted& job, Decided& decided);
  void begin_segment(Decided& decided) const;
  void retire(const Retired& job, Decided& decided) const;
  [[nodiscard]] std::expected<void, Error> write(const std::vector<Entry>& fresh);
  [[nodiscard]] std::expected<void, Error> try_to_write(const std::vector<Entry>& fresh);
  [[nodiscard]] std::expected<void, Error> write_one(const Entry& entry);
  [[nodiscard]] std::expected<void, Error> append(const audit::Record& record);
  void fail(const Error& error);
  void keep(std::vector<Entry> entries);
  [[nodiscard]] std::expected<void, Error> reload();
  void refuse(const std::vector<Job>& batch, const Error& error);
  [[nodiscard]] bool is_final(const monitor::Request& request) const;
  void refuse_one(const Submitted& job, const Error& error);
  void defer(const Job& job);
  [[nodiscard]] monitor::Mode mode_for(const monitor::Request& request) const;
  void answer(const Decided& decided);
  void show(const std::vector<Job>& batch);

  Ledger ledger_;
  std::optional<Notary> notary_;
  const CommitterOptions options_;
  // As of the last commit, what is kept, and the batch under way; none while it cannot be read.
  std::optional<monitor::State> state_;
  std::map<std::string, monitor::Ticket> tickets_;  // of that state without the batch under way: the ledger has none
  bool all_permissive_ = false;                     // as of the last commit: no label is enforced
  Outage outage_;
  std::vector<Entry> kept_;    // decided and answered, not yet written
  std::vector<Job> deferred_;  // to be decided before anything else, once something can be written
  GapMarker marker_;
  bool marked_ = false;
  monitor::Tally tally_;
  Standing standing_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace xenacm::ledger
