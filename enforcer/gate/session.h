// SPDX-License-Identifier: Apache-2.0
// What the gate knows of one client's connection: its open transactions and the requests that are not answered yet.
// Pure.
//
// An operation counts once xenstored has accepted it. So a transaction is judged by what xenstored will commit, and
// nothing is left behind under an id that xenstored does not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/gate/effects.h"
#include "enforcer/gate/wire.h"

namespace xenacm::gate {

class Session {
 public:
  // Bounds that no toolstack reaches; together with Effects::kMaxBytes they bound a connection's memory.
  static constexpr std::size_t kMaxUnanswered = 256;
  static constexpr std::size_t kMaxTransactions = 64;  // with something of interest in them

  // True: the frame may be forwarded as it is, and is expected to be. False: forward what came before it, wait until
  // that is answered (idle()), then examine() it.
  [[nodiscard]] bool pass(const Frame& frame);

  [[nodiscard]] bool idle() const { return unanswered_ == 0; }

  struct Examination {
    std::string_view error;  // not empty: answer with it, forward nothing
    Outcome outcome;         // otherwise: what has to be allowed before the frame may be forwarded
  };
  // Precondition: idle(), and pass(frame) was false.
  [[nodiscard]] Examination examine(const Frame& frame) const;

  // An examined frame has been forwarded. Those of `outcome.intents` were allowed; the answer settles whether they came
  // true.
  void forwarded(const Frame& frame, Outcome outcome);
  // A commit was refused and an abort has been forwarded in its place.
  void aborted(const Header& commit);

  struct Answer {
    bool refusal = false;              // to be replaced by EACCES
    bool failed = false;               // xenstored answered with an error
    std::unique_ptr<Outcome> outcome;  // none if nothing was asked or removed
  };
  // Matches a reply (not a watch event) with the oldest unanswered request. The error: it does not belong to it.
  [[nodiscard]] std::expected<Answer, std::string> answered(const Header& reply);

  // A commit or write that was allowed, or took a link away, is not answered yet.
  [[nodiscard]] bool awaits_outcome() const { return awaited_outcomes_ > 0; }

 private:
  enum class Kind : std::uint8_t { plain, operation, end, refused };

  struct Request {
    std::uint32_t id = 0;
    std::uint32_t transaction = 0;
    Kind kind = Kind::plain;
    std::unique_ptr<Operation> operation;  // of a transaction, counted when accepted
    std::unique_ptr<Outcome> outcome;
  };

  bool pass_operation(const Frame& frame, Operation operation);
  bool pass_end(const Frame& frame);
  [[nodiscard]] Examination examine_end(const Frame& frame) const;
  bool expect(const Header& header, Kind kind, std::unique_ptr<Operation> operation = {},
              std::unique_ptr<Outcome> outcome = {});

  std::map<std::uint32_t, Effects> transactions_;
  std::vector<Request> ring_ = std::vector<Request>(kMaxUnanswered);
  std::size_t oldest_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t unanswered_operations_ = 0;
  std::size_t awaited_outcomes_ = 0;
};

}  // namespace xenacm::gate
