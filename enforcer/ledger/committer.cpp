// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/committer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "enforcer/audit/derive.h"
#include "enforcer/ledger/recording.h"

namespace xenacm::ledger {

using monitor::Reply;

namespace {

// A batch is committed at once; this bounds how long the first of it waits for the last.
constexpr std::size_t kMaxBatch = 256;

bool is_all_permissive(const monitor::State& state) {
  return std::ranges::none_of(state.modes(),
                              [](const auto& entry) { return entry.second == monitor::Mode::enforcing; });
}

}  // namespace

Committer::Committer(Ledger ledger, monitor::State state, CommitterOptions options, std::optional<Notary> notary)
    : ledger_(std::move(ledger)),
      notary_(std::move(notary)),
      options_(std::move(options)),
      state_(std::move(state)),
      all_permissive_(is_all_permissive(*state_)),
      marker_(options_.marker_folders),
      marked_(marker_.left().has_value()) {
  if (marked_) {
    const std::string message =
        "the daemon before this one died with records that it had only in memory: " + *marker_.left() +
        "; they are lost, and so are the changes that they stand for";
    spdlog::critical("{}", message);
    queue_.emplace_back(Noted{gap_record(options_.self, message)});
  }
  standing_.begin(ledger_);
  thread_ = std::thread([this] { work(); });
}

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
  push(Noted{note_of(std::move(what), caller)});
}

void Committer::archived(const Segment& segment, std::function<void(bool)> done) {
  push(Retired{retirement("archive", segment, options_.self),
               [segment](Ledger& ledger) { return ledger.mark_archived(segment); }, std::move(done)});
}

void Committer::drop_archived(std::function<void(bool)> done) {
  push(Retired{std::nullopt, [](Ledger& ledger) { return ledger.drop_archived(); }, std::move(done)});
}

void Committer::forget(const Segment& segment, std::function<void(bool)> done) {
  push(Retired{retirement("forget archive", segment, options_.self),
               [segment](Ledger& ledger) { return ledger.forget_archived(segment); }, std::move(done)});
}

void Committer::push(Job job) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

std::size_t Committer::waiting() {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

// False: what was waited for is the time for a checkpoint, or for another try to write.
bool Committer::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [this] { return stopping_ || !queue_.empty(); };
  if (outage_.lasts()) return wake_.wait_until(lock, outage_.retry_at(), has_work);
  const auto due = notary_ ? notary_->due(ledger_) : std::nullopt;
  if (due) return wake_.wait_until(lock, *due, has_work);
  wake_.wait(lock, has_work);
  return true;
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (wait_for_work(lock) && queue_.empty()) break;
    std::vector<Job> batch = next_batch();
    lock.unlock();
    attend(std::move(batch));
    lock.lock();
  }
  lock.unlock();
  finish();
}

// Under the mutex. Needs no memory where all that waits is one batch.
std::vector<Committer::Job> Committer::next_batch() {
  if (queue_.size() <= kMaxBatch) return std::exchange(queue_, {});
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(kMaxBatch);
  std::vector<Job> batch(std::move_iterator(queue_.begin()), std::move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Committer::attend(std::vector<Job> batch) {
  try {
    if (!outage_.lasts() && is_to_be_signed()) sign();
    if (!batch.empty() || outage_.lasts()) run(std::move(batch));
  } catch (const std::exception& error) {
    give_up(error);
  }
}

// There was no memory even to refuse. Whoever was not answered gets no answer; what is durable is what the ledger
// holds, and it is read again before anything else is decided.
void Committer::give_up(const std::exception& error) {
  // INVARIANT: what is kept was answered, and is nowhere else: without it there is no going on.
  if (!kept_.empty()) throw;
  ledger_.rollback();
  if (notary_) notary_->rolled_back();
  state_.reset();
  spdlog::critical("requests were given up: {}", error.what());
}

bool Committer::is_to_be_signed() {
  const auto due = notary_ ? notary_->due(ledger_) : std::nullopt;
  return due && *due <= Clock::now();
}

void Committer::finish() {
  if (outage_.lasts()) {
    outage_.hurry();
    run({});
  }
  if (!outage_.lasts()) sign();
  if (!kept_.empty()) spdlog::critical("{} records, and the changes that they stand for, are lost", kept_.size());
}

// A checkpoint of its own, beside those of the batches.
void Committer::sign() {
  if (!notary_ || !notary_->due(ledger_)) return;
  auto done = ledger_.begin();
  if (done) done = notary_->sign(ledger_);
  if (done) done = ledger_.commit();
  if (done) {
    notary_->committed();
    return standing_.follow(ledger_, notary_);
  }
  ledger_.rollback();
  notary_->rolled_back();
  spdlog::error("the audit log could not be signed: {}", done.error());
}

void Committer::run(std::vector<Job> batch) {
  const bool carries_on = options_.on_failure == OnFailure::carry_on;
  if (!state_) {
    if (auto loaded = reload(); !loaded) {
      fail(loaded.error());
      return refuse(batch, loaded.error());
    }
  }
  // What is kept is bounded: where it is full, nothing is decided that cannot be written.
  if (kept_.size() >= options_.most_kept && (Clock::now() < outage_.retry_at() || !try_to_write({}))) {
    return refuse(batch, outage_.error());
  }
  batch.insert(batch.begin(), std::move_iterator(deferred_.begin()), std::move_iterator(deferred_.end()));
  deferred_.clear();
  Decided decided;
  std::map<std::string, monitor::Ticket> tickets;
  std::expected<void, Error> written;
  try {
    decide_batch(batch, decided);
    tickets = state_->tickets();  // before the commit, after which nothing may fail
    const bool waits = carries_on && outage_.lasts() && Clock::now() < outage_.retry_at();
    written = waits ? std::unexpected(outage_.error()) : try_to_write(decided.entries);
    if (!written && carries_on) {
      keep(std::move(decided.entries));
      written = {};
    }
  } catch (const std::exception& unexpected) {
    fail(unexpected.what());
    // INVARIANT: what is refused does not happen: beside what is kept, the state cannot be read anew.
    if (carries_on) throw;
    written = std::unexpected(unexpected.what());
  }
  if (!written) {
    // What was decided since the last commit did not happen; the ledger knows what did.
    if (kept_.empty()) (void)reload();
    return refuse(batch, written.error());
  }
  tickets_.swap(tickets);
  all_permissive_ = is_all_permissive(*state_);
  answer(decided);
  show(batch);
}

// Tickets are in no ledger: they outlive its being read anew.
std::expected<void, Error> Committer::reload() {
  state_.reset();
  auto state = ledger_.load();
  if (!state) return std::unexpected(std::move(state.error()));
  state_ = *std::move(state);
  for (const auto& [id, ticket] : tickets_) state_->apply(monitor::PutTicket{ticket});
  return {};
}

void Committer::decide_batch(const std::vector<Job>& batch, Decided& decided) {
  bool segment_is_full = ledger_.tip().seq + 1 - ledger_.segment() >= options_.segment_records;
  for (const Job& job : batch) {
    if (const auto* submitted = std::get_if<Submitted>(&job)) {
      // Never before the note of the daemon's start, with which the tickets of the records so far end.
      if (std::exchange(segment_is_full, false)) begin_segment(decided);
      decide_one(*submitted, decided);
    } else if (const auto* noted = std::get_if<Noted>(&job)) {
      decided.entries.push_back({audit::under(*state_, noted->record), {}});
    } else if (const auto* retired = std::get_if<Retired>(&job)) {
      retire(*retired, decided);
    }
  }
}

// So that a segment can be understood without those before it.
void Committer::begin_segment(Decided& decided) const {
  if (outage_.lasts()) return;
  decided.entries.push_back({snapshot_of(*state_, options_.self), {}, true});
}

void Committer::retire(const Retired& job, Decided& decided) const {
  // INVARIANT: who waits is told once, after the batch: whoever was told is gone.
  decided.retired.push_back({job.done, !outage_.lasts()});
  if (outage_.lasts()) return;
  std::optional<audit::Record> record;
  if (job.record) record = audit::under(*state_, *job.record);
  decided.entries.push_back({std::move(record), {}, false, job.change});
}

void Committer::decide_one(const Submitted& job, Decided& decided) {
  const monitor::Outcome outcome = audit::outcome_of(*state_, job.request);
  // INVARIANT: what is no news changes nothing.
  if (!outcome || is_news(job.request, *outcome)) {
    audit::Record record = decision_record(*state_, job.request, outcome, job.caller);
    record.latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - job.at);
    decided.entries.push_back({std::move(record), outcome ? outcome->delta : monitor::Delta()});
  }
  Reply reply = outcome ? Reply(outcome->verdict) : std::unexpected(outcome.error());
  decided.answers.push_back({monitor::class_of(job.request), job.at, job.answer, std::move(reply)});
  if (outcome) state_->apply(outcome->delta);
}

std::expected<void, Error> Committer::try_to_write(const std::vector<Entry>& fresh) {
  if (fresh.empty() && kept_.empty() && !outage_.lasts()) return {};
  std::expected<void, Error> written;
  try {
    written = write(fresh);
  } catch (const std::exception& unexpected) {
    written = std::unexpected(unexpected.what());
  }
  if (!written) {
    ledger_.rollback();
    if (notary_) notary_->rolled_back();
    fail(written.error());
    return written;
  }
  kept_.clear();
  // It is durable, whatever becomes of those who are told.
  try {
    if (outage_.lasts()) outage_.end();
    if (marked_) marker_.clear();
    marked_ = false;
    if (notary_) notary_->committed();
    standing_.follow(ledger_, notary_);
    options_.committed(ledger_.tip().seq);
  } catch (const std::exception& error) {
    spdlog::error("not everybody was told of what was recorded: {}", error.what());
  }
  return {};
}

// In the order in which they were decided, with what happened between them.
std::expected<void, Error> Committer::write(const std::vector<Entry>& fresh) {
  auto written = ledger_.begin();
  for (const Entry& entry : kept_) {
    if (written) written = write_one(entry);
  }
  if (written && outage_.lasts()) {
    written = append(audit::under(*state_, gap_record(options_.self, outage_.summary())));
  }
  for (const Entry& entry : fresh) {
    if (written) written = write_one(entry);
  }
  if (written) written = ledger_.commit();
  return written;
}

std::expected<void, Error> Committer::append(const audit::Record& record) {
  auto appended = ledger_.append(record);
  return appended && notary_ ? notary_->attend(ledger_) : appended;
}

// A segment ends with a record that is signed, and so does the log where a segment leaves the ledger.
std::expected<void, Error> Committer::write_one(const Entry& entry) {
  std::expected<void, Error> done;
  if (entry.begins_segment && notary_) done = notary_->sign(ledger_);
  if (done && entry.record) done = append(*entry.record);
  if (done && entry.record && entry.change && notary_) done = notary_->sign(ledger_);
  if (!done) return done;
  if (auto written = ledger_.write(entry.delta); !written) return written;
  if (entry.begins_segment) return ledger_.begin_segment();
  if (entry.change) return entry.change(ledger_);
  return {};
}

void Committer::fail(const Error& error) {
  outage_.fail(error);
  if (options_.on_failure == OnFailure::halt) options_.halt(error);
}

void Committer::keep(std::vector<Entry> entries) {
  outage_.keep(entries.size());
  kept_.insert(kept_.end(), std::move_iterator(entries.begin()), std::move_iterator(entries.end()));
  if (kept_.empty() || options_.marker_folders.empty()) return;
  const Outage::Told told = outage_.told();
  const std::string text = std::to_string(kept_.size()) + " records since " + std::to_string(told.since.count()) +
                           " (microseconds since 1970-01-01 UTC), " + told.error;
  if (!marker_.set(text) && !marked_)
    spdlog::critical("a death in this time would leave no trace: no marker can be written");
  marked_ = true;
}

}  // namespace xenacm::ledger
