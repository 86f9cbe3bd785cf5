// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/committer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/monitor/json.h"

namespace xenacm::ledger {

using monitor::Decision;
using monitor::Reply;
using monitor::Rule;

namespace {

// A batch is committed at once; this bounds how long the first of it waits for the last.
constexpr std::size_t kMaxBatch = 256;

std::chrono::microseconds wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::chrono::microseconds monotonic_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

template <class... Alternatives, class Variant>
bool holds_any(const Variant& variant) {
  return (std::holds_alternative<Alternatives>(variant) || ...);
}

// The guard tells again and again what is known already, and the gate asks again about links and domains that were
// admitted; only news is recorded.
bool is_news(const monitor::Request& request, const monitor::Decided& decided) {
  using namespace monitor;
  const bool repeatable = holds_any<StopDomain, AdoptDomain, AdoptLink, DetachLink, DetachBelow, LapseTicket,
                                    IntroduceDomain, RenameDomain, AttachLink>(request);
  return !repeatable || !decided.delta.empty() || decided.verdict.decision != Decision::allow;
}

audit::Record record_of(const monitor::State& state, monitor::Description what, const monitor::Caller& who) {
  const policy::PolicyRef& policy = state.tables().ref;
  monitor::Caller caller = who;
  if (caller.toolstack.empty()) caller.toolstack = audit::toolstack_of(caller.executable);
  return {.time = wall_clock(),
          .monotonic = monotonic_clock(),
          .what = std::move(what),
          .mode = std::string(to_text(state.mode())),
          .policy = policy.name,
          .version = policy.version.text(),
          .digest = policy.digest,
          .who = std::move(caller)};
}

void fill(audit::Record& record, const monitor::Outcome& outcome) {
  if (!outcome) {
    record.decision = "error";
    record.message = outcome.error().message;
    record.reasons = monitor::dump(monitor::to_json(outcome.error().reasons));
    return;
  }
  const monitor::Verdict& verdict = outcome->verdict;
  record.decision = to_text(verdict.decision);
  record.mode = to_text(verdict.mode);
  record.reasons = monitor::dump(monitor::to_json(verdict.reasons));
  if (verdict.reasons.empty()) return;
  record.rule = to_text(verdict.reasons.front().rule);
  record.message = verdict.reasons.front().message;
}

bool is_all_permissive(const monitor::State& state) {
  return std::ranges::none_of(state.modes(),
                              [](const auto& entry) { return entry.second == monitor::Mode::enforcing; });
}

// Nothing is allowed that could not be recorded, but for what permissive mode must never block.
monitor::Verdict unavailable(const monitor::Request& request, monitor::Mode mode, const Error& error) {
  const bool machine =
      holds_any<monitor::StartDomain, monitor::ReserveStart, monitor::IntroduceDomain, monitor::RenameDomain,
                monitor::AdoptDomain, monitor::AttachLink, monitor::AdoptLink>(request);
  const bool let_through = machine && mode == monitor::Mode::permissive;
  return {.decision = let_through ? Decision::would_deny : Decision::deny,
          .reasons = {{.rule = Rule::unavailable,
                       .message = "the verdict could not be recorded: " + error,
                       .remedy = "see that the state directory can be written, then try again"}},
          .mode = mode};
}

}  // namespace

Committer::Committer(Ledger ledger, monitor::State state, std::optional<Notary> notary)
    : ledger_(std::move(ledger)),
      notary_(std::move(notary)),
      state_(std::move(state)),
      all_permissive_(is_all_permissive(*state_)),
      thread_([this] { work(); }) {}

Committer::~Committer() {
  if (thread_.joinable()) stop();
}

void Committer::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::submit(monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
  push(Submitted{std::move(request), std::move(caller), std::move(answer), Clock::now()});
}

void Committer::look(Look look) { push(std::move(look)); }

void Committer::note(monitor::Description what, monitor::Caller caller) {
  push(Noted{std::move(what), std::move(caller)});
}

void Committer::push(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

// False: what was waited for is the time for a checkpoint.
bool Committer::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [this] { return stopping_ || !queue_.empty(); };
  const auto due = notary_ ? notary_->due(ledger_) : std::nullopt;
  if (due) return wake_.wait_until(lock, *due, has_work);
  wake_.wait(lock, has_work);
  return true;
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!wait_for_work(lock)) {
      lock.unlock();
      sign();
      lock.lock();
      continue;
    }
    if (queue_.empty()) return sign();
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
    std::vector<Job> batch(std::move_iterator(queue_.begin()), std::move_iterator(end));
    queue_.erase(queue_.begin(), end);
    lock.unlock();
    run(batch);
    lock.lock();
  }
}

void Committer::run(std::vector<Job>& batch) {
  Error error;
  if (!state_ && !reload(error)) return fail(batch, error);
  std::expected<std::vector<Answered>, Error> answers;
  try {
    answers = decide_batch(batch);
  } catch (const std::exception& unexpected) {
    answers = std::unexpected(unexpected.what());
  }
  if (!answers) {
    // What was decided since the last commit did not happen; the ledger knows what did.
    ledger_.rollback();
    if (notary_) notary_->rolled_back();
    (void)reload(error);
    return fail(batch, answers.error());
  }
  all_permissive_ = is_all_permissive(*state_);
  for (const Answered& answered : *answers) {
    count(answered.reply);
    answered.answer(answered.reply);
  }
  if (notary_) notary_->committed();
  show(batch);
}

// A checkpoint of its own, beside those of the batches.
void Committer::sign() {
  if (!notary_ || !notary_->due(ledger_)) return;
  auto done = ledger_.begin();
  if (done) done = notary_->sign(ledger_);
  if (done) done = ledger_.commit();
  if (done) return notary_->committed();
  ledger_.rollback();
  notary_->rolled_back();
  spdlog::error("the audit log could not be signed: {}", done.error());
}

void Committer::count(const Reply& reply) {
  if (!reply) return;
  switch (reply->decision) {
    case monitor::Decision::allow:
      ++counters_.allow;
      return;
    case monitor::Decision::deny:
      ++counters_.deny;
      return;
    case monitor::Decision::would_deny:
      ++counters_.would_deny;
      return;
  }
}

bool Committer::reload(Error& error) {
  state_.reset();
  auto state = ledger_.load();
  if (!state) {
    error = state.error();
    return false;
  }
  state_ = *std::move(state);
  return true;
}

std::expected<std::vector<Committer::Answered>, Error> Committer::decide_batch(std::vector<Job>& batch) {
  std::vector<Answered> answers;
  if (std::ranges::all_of(batch, [](const Job& job) { return std::holds_alternative<Look>(job); })) return answers;
  if (auto begun = ledger_.begin(); !begun) return std::unexpected(begun.error());
  for (const Job& job : batch) {
    if (const auto* submitted = std::get_if<Submitted>(&job)) {
      auto reply = decide_one(*submitted);
      if (!reply) return std::unexpected(std::move(reply.error()));
      answers.push_back({submitted->answer, *std::move(reply)});
    } else if (const auto* noted = std::get_if<Noted>(&job)) {
      if (auto recorded = record(*noted); !recorded) return std::unexpected(recorded.error());
    }
  }
  if (auto committed = ledger_.commit(); !committed) return std::unexpected(committed.error());
  return answers;
}

std::expected<Reply, Error> Committer::decide_one(const Submitted& job) {
  audit::Record record = record_of(*state_, describe(*state_, job.request), job.caller);
  const monitor::Outcome outcome = decide(*state_, job.request);
  fill(record, outcome);
  record.latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - job.at);
  if (!outcome || is_news(job.request, *outcome)) {
    if (auto appended = append(record); !appended) return std::unexpected(appended.error());
  }
  if (!outcome) return Reply(std::unexpected(outcome.error()));
  if (auto written = ledger_.write(outcome->delta); !written) return std::unexpected(written.error());
  state_->apply(outcome->delta);
  return Reply(outcome->verdict);
}

std::expected<void, Error> Committer::append(const audit::Record& record) {
  auto appended = ledger_.append(record);
  return appended && notary_ ? notary_->attend(ledger_) : appended;
}

std::expected<void, Error> Committer::record(const Noted& note) {
  audit::Record record = record_of(*state_, note.what, note.caller);
  record.decision = "allow";
  if (auto appended = append(record); !appended) return std::unexpected(appended.error());
  return {};
}

void Committer::fail(const std::vector<Job>& batch, const Error& error) {
  spdlog::error("no verdict can be recorded: {}", error);
  for (const Job& job : batch) {
    const auto* submitted = std::get_if<Submitted>(&job);
    if (submitted == nullptr) continue;
    // Whose mode rules is what the last commit says; where even that cannot be read, nobody's, unless nothing is
    // enforced.
    monitor::Mode mode = all_permissive_ ? monitor::Mode::permissive : monitor::Mode::enforcing;
    if (state_) mode = mode_for(submitted->request);
    const Reply reply = unavailable(submitted->request, mode, error);
    count(reply);
    submitted->answer(reply);
  }
  show(batch);
}

// The mode that would rule the request; what made the batch fail may be the request itself.
monitor::Mode Committer::mode_for(const monitor::Request& request) const {
  try {
    if (const monitor::Outcome outcome = decide(*state_, request)) return outcome->verdict.mode;
  } catch (const std::exception& error) {
    spdlog::error("a request cannot be decided: {}", error.what());
  }
  return state_->mode();
}

void Committer::show(const std::vector<Job>& batch) {
  for (const Job& job : batch) {
    const Look* look = std::get_if<Look>(&job);
    if (look == nullptr) continue;
    try {
      (*look)(state_ ? &*state_ : nullptr);
    } catch (const std::exception& error) {
      spdlog::error("the state could not be shown: {}", error.what());
    }
  }
}

}  // namespace xenacm::ledger
