// SPDX-License-Identifier: Apache-2.0
// What those are told who asked the committer: of what is durable, and where nothing can be.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "enforcer/audit/derive.h"
#include "enforcer/ledger/committer.h"
#include "enforcer/ledger/recording.h"

namespace xenacm::ledger {

using monitor::Reply;

namespace {

// More of the monitor's own events than this are not kept in memory.
constexpr std::size_t kMostEvents = 1'000;

template <class Kind>
bool both_are(const monitor::Request& a, const monitor::Request& b) {
  const auto* one = std::get_if<Kind>(&a);
  const auto* other = std::get_if<Kind>(&b);
  return one != nullptr && other != nullptr && *one == *other;
}

}  // namespace

void Committer::answer(const Decided& decided) {
  // It is durable, whatever becomes of those who are told: one of them keeps no answer from the others.
  const auto tell = [](const auto& what) {
    try {
      what();
    } catch (const std::exception& error) {
      spdlog::error("an answer could not be given: {}", error.what());
    }
  };
  const Clock::time_point now = Clock::now();
  for (const Answered& answered : decided.answers) {
    tally_.count(answered.request_class, answered.reply, now - answered.asked);
    if (answered.answer) tell([&] { answered.answer(answered.reply); });
  }
  for (const Told& retired : decided.retired) tell([&] { retired.done(retired.tried && !outage_.lasts()); });
}

void Committer::refuse(const std::vector<Job>& batch, const Error& error) {
  for (const Job& job : batch) {
    if (const auto* submitted = std::get_if<Submitted>(&job)) {
      refuse_one(*submitted, error);
    } else if (const auto* retired = std::get_if<Retired>(&job)) {
      retired->done(false);
    } else if (std::holds_alternative<Noted>(job)) {
      defer(job);
    }
  }
  show(batch);
}

// A ticket or a link that is given back is given back, if later: nobody would ask again.
bool Committer::is_final(const monitor::Request& request) const {
  if (const auto* lapse = std::get_if<monitor::LapseTicket>(&request)) return tickets_.contains(lapse->ticket);
  const auto* detach = std::get_if<monitor::DetachLink>(&request);
  return detach != nullptr && (!state_ || state_->links().contains(detach->key));
}

void Committer::refuse_one(const Submitted& job, const Error& error) {
  if (is_final(job.request)) defer(Submitted{job.request, job.caller, nullptr, job.at});
  if (!job.answer) return;
  // Whose mode rules is what the last commit says; where even that cannot be read, nobody's, unless nothing is
  // enforced.
  monitor::Mode mode = all_permissive_ ? monitor::Mode::permissive : monitor::Mode::enforcing;
  if (state_) mode = mode_for(job.request);
  const Reply reply = unavailable(job.request, mode, error);
  reply->allowed() ? outage_.let_through() : outage_.refuse();
  tally_.count(monitor::class_of(job.request), reply, Clock::now() - job.at);
  job.answer(reply);
}

void Committer::defer(const Job& job) {
  const auto* submitted = std::get_if<Submitted>(&job);
  const auto asks_the_same = [&](const Job& other) {
    const auto* known = std::get_if<Submitted>(&other);
    if (submitted == nullptr || known == nullptr) return false;
    return both_are<monitor::LapseTicket>(known->request, submitted->request) ||
           both_are<monitor::DetachLink>(known->request, submitted->request);
  };
  if (std::ranges::any_of(deferred_, asks_the_same)) return;
  if (submitted == nullptr && deferred_.size() >= kMostEvents) return outage_.lose();
  deferred_.push_back(job);
}

// The mode that would rule the request.
monitor::Mode Committer::mode_for(const monitor::Request& request) const {
  if (const monitor::Outcome outcome = audit::outcome_of(*state_, request)) return outcome->verdict.mode;
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
