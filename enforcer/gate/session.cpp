// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/session.h"

#include <optional>
#include <utility>

#include "enforcer/gate/domain_request.h"

namespace xenacm::gate {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kCommit = "T\0"sv;
constexpr std::string_view kAbort = "F\0"sv;

std::unique_ptr<Outcome> worth_keeping(Outcome outcome) {
  if (outcome.intents.empty() && outcome.removed.empty()) return nullptr;
  return std::make_unique<Outcome>(std::move(outcome));
}

Outcome outcome_of(Operation operation) {
  Effects effects;
  effects.apply(std::move(operation));
  return effects.outcome();
}

}  // namespace

bool Session::pass(const Frame& frame) {
  if (unanswered_ == kMaxUnanswered) return false;
  switch (frame.header.type) {
    case Message::write:
    case Message::mkdir:
    case Message::rm:
    case Message::set_perms:
      if (auto operation = operation_of(frame)) return pass_operation(frame, std::move(*operation));
      return expect(frame.header, Kind::plain);
    case Message::transaction_end:
      return pass_end(frame);
    case Message::introduce:
    case Message::set_target:
      return false;  // always judged
    default:
      return expect(frame.header, Kind::plain);
  }
}

bool Session::pass_operation(const Frame& frame, Operation operation) {
  const Header& header = frame.header;
  if (header.transaction != 0) {
    // Each unanswered operation may turn out to be the first of its transaction.
    if (transactions_.size() + unanswered_operations_ >= kMaxTransactions &&
        !transactions_.contains(header.transaction)) {
      return false;
    }
    return expect(header, Kind::operation, std::make_unique<Operation>(std::move(operation)));
  }
  Outcome outcome = outcome_of(std::move(operation));
  if (!outcome.intents.empty()) return false;
  return expect(header, Kind::plain, {}, worth_keeping(std::move(outcome)));
}

bool Session::pass_end(const Frame& frame) {
  if (frame.payload() == kAbort) return expect(frame.header, Kind::end);
  if (frame.payload() != kCommit || unanswered_operations_ > 0) return false;
  const auto effects = transactions_.find(frame.header.transaction);
  if (effects == transactions_.end()) return expect(frame.header, Kind::end);
  Outcome outcome = effects->second.outcome();
  if (!outcome.intents.empty()) return false;
  return expect(frame.header, Kind::end, {}, worth_keeping(std::move(outcome)));
}

Session::Examination Session::examine(const Frame& frame) const {
  if (frame.header.type == Message::transaction_end) return examine_end(frame);
  if (auto intent = domain_request_of(frame)) return {{}, {{*std::move(intent)}, {}}};
  auto operation = operation_of(frame);
  if (!operation) return {};
  if (frame.header.transaction == 0) return {{}, outcome_of(std::move(*operation))};
  const bool room = transactions_.contains(frame.header.transaction) || transactions_.size() < kMaxTransactions;
  return {room ? ""sv : "ENOSPC"sv, {}};
}

Session::Examination Session::examine_end(const Frame& frame) const {
  // oxenstored commits on any payload whose first string is "T", C xenstored answers EINVAL and keeps the transaction
  // open. The stricter one is right for both: only an end that both understand alike may end what the gate knows of a
  // transaction.
  if (frame.payload() == kAbort) return {};
  if (frame.payload() != kCommit) return {"EINVAL", {}};
  const auto effects = transactions_.find(frame.header.transaction);
  return effects == transactions_.end() ? Examination{} : Examination{{}, effects->second.outcome()};
}

void Session::forwarded(const Frame& frame, Outcome outcome) {
  const Header& header = frame.header;
  if (header.type == Message::transaction_end) {
    expect(header, Kind::end, {}, worth_keeping(std::move(outcome)));
  } else if (auto operation = operation_of(frame); operation && header.transaction != 0) {
    expect(header, Kind::operation, std::make_unique<Operation>(std::move(*operation)));
  } else {
    expect(header, Kind::plain, {}, worth_keeping(std::move(outcome)));
  }
}

void Session::aborted(const Header& commit) { expect(commit, Kind::refused); }

bool Session::expect(const Header& header, Kind kind, std::unique_ptr<Operation> operation,
                     std::unique_ptr<Outcome> outcome) {
  if (kind == Kind::operation) ++unanswered_operations_;
  if (outcome) ++awaited_outcomes_;
  ring_[(oldest_ + unanswered_) % kMaxUnanswered] =
      Request{header.request, header.transaction, kind, std::move(operation), std::move(outcome)};
  ++unanswered_;
  return true;
}

std::expected<Session::Answer, std::string> Session::answered(const Header& reply) {
  if (unanswered_ == 0) return std::unexpected("xenstored sent a reply to no request");
  Request& request = ring_[oldest_];
  if (request.id != reply.request) {
    return std::unexpected("xenstored answered request " + std::to_string(reply.request) + " where the answer to " +
                           std::to_string(request.id) + " was due");
  }
  oldest_ = (oldest_ + 1) % kMaxUnanswered;
  --unanswered_;
  const bool failed = reply.type == Message::error;
  Answer answer{request.kind == Kind::refused, failed, std::move(request.outcome)};
  if (answer.outcome) --awaited_outcomes_;
  if (request.kind == Kind::operation) {
    --unanswered_operations_;
    if (!failed) transactions_[request.transaction].apply(std::move(*request.operation));
    request.operation.reset();
  } else if (request.kind != Kind::plain) {
    // Whatever the answer, a transaction that was told to end is over.
    transactions_.erase(request.transaction);
  }
  return answer;
}

}  // namespace xenacm::gate
