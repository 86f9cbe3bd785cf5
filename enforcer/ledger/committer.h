// SPDX-License-Identifier: Apache-2.0
// Decides requests in the order in which they came and makes verdict, change and audit record durable together.
//
// Requests that wait while a commit is under way are decided one after another and committed at once (group commit).
// INVARIANT: no answer leaves before its commit.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "enforcer/ledger/ledger.h"
#include "enforcer/ledger/notary.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::ledger {

// Verdicts since the committer was made. Any thread may read them.
struct Counters {
  std::atomic<std::uint64_t> allow = 0;
  std::atomic<std::uint64_t> deny = 0;
  std::atomic<std::uint64_t> would_deny = 0;
};

class Committer {
 public:
  // Sees the state between two batches; none while the ledger cannot be read.
  using Look = std::function<void(const monitor::State*)>;

  // Owns the ledger from here on. `state` is what the ledger holds. Without a notary no checkpoints are signed.
  Committer(Ledger ledger, monitor::State state, std::optional<Notary> notary = std::nullopt);
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

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Submitted {
    monitor::Request request;
    monitor::Caller caller;
    monitor::Answer answer;
    Clock::time_point at;
  };
  struct Noted {
    monitor::Description what;
    monitor::Caller caller;
  };
  using Job = std::variant<Submitted, Noted, Look>;
  struct Answered {
    monitor::Answer answer;
    monitor::Reply reply;
  };

  void push(Job job);
  void work();
  void run(std::vector<Job>& batch);
  void count(const monitor::Reply& reply);
  [[nodiscard]] bool reload(Error& error);
  [[nodiscard]] std::expected<std::vector<Answered>, Error> decide_batch(std::vector<Job>& batch);
  [[nodiscard]] std::expected<monitor::Reply, Error> decide_one(const Submitted& job);
  [[nodiscard]] std::expected<void, Error> record(const Noted& note);
  [[nodiscard]] std::expected<void, Error> append(const audit::Record& record);
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void sign();
  void fail(const std::vector<Job>& batch, const Error& error);
  [[nodiscard]] monitor::Mode mode_for(const monitor::Request& request) const;
  void show(const std::vector<Job>& batch);

  Ledger ledger_;
  std::optional<Notary> notary_;
  std::optional<monitor::State> state_;  // as of the last commit and the batch under way; none while it cannot be read
  bool all_permissive_ = false;          // as of the last commit: no label is enforced
  Counters counters_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace xenacm::ledger
