// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/session.h"

#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

const std::string kPointer = "/local/domain/5/backend/vif/7/0/frontend-id";

OwnedFrame end(std::string_view payload, std::uint32_t transaction, std::uint32_t request = 1) {
  return frame(Message::transaction_end, payload, transaction, request);
}
OwnedFrame commit(std::uint32_t transaction, std::uint32_t request = 1) { return end("T\0"s, transaction, request); }
OwnedFrame abort(std::uint32_t transaction, std::uint32_t request = 1) { return end("F\0"s, transaction, request); }

Session::Answer answer(Session& session, const OwnedFrame& request, bool error = false) {
  Header reply = request.view().header;
  if (error) reply.type = Message::error;
  auto answered = session.answered(reply);
  EXPECT_TRUE(answered.has_value()) << answered.error();
  return answered ? std::move(*answered) : Session::Answer{};
}

// A request that passes and is answered.
void done(Session& session, const OwnedFrame& request) {
  ASSERT_TRUE(session.pass(request.view()));
  answer(session, request);
}

TEST(Session, PassesWhatIsOfNoInterestWithoutWaiting) {
  Session session;
  for (const OwnedFrame& request :
       {frame(Message::read, "/tool\0"s), frame(Message::transaction_start, "\0"s), frame(Message::watch, "/\0x\0"s),
        frame(static_cast<Message>(200), ""), write("/tool/x", "1"), write("/local/domain/7/state", "1", 3),
        write("/local/domain/7/vm", kVm, 3), rm("/local/domain/7"), abort(4), frame(Message::write, kPointer),
        set_perms("/local/domain/7", "n0 r7"), set_perms("/data", "b5", 3)}) {
    EXPECT_TRUE(session.pass(request.view())) << static_cast<unsigned>(request.view().header.type);
  }
  Session fresh;
  EXPECT_TRUE(fresh.pass(commit(9).view())) << "a transaction of no interest, or unknown";
}

TEST(Session, ACommitIsJudgedByWhatItsTransactionWrote) {
  Session session;
  done(session, write(kPointer, "7", 3));
  done(session, write("/local/domain/8/vm", kVm, 4));
  const OwnedFrame request = commit(3);
  ASSERT_FALSE(session.pass(request.view()));
  const auto examined = session.examine(request.view());
  EXPECT_EQ(examined.error, "");
  EXPECT_EQ(lines(examined.outcome), Lines{"attach vif/7/0 to 5"});
}

TEST(Session, WhatXenstoredRefusedInATransactionIsNoEffect) {
  Session session;
  const OwnedFrame pointer = write(kPointer, "7", 3);
  ASSERT_TRUE(session.pass(pointer.view()));
  answer(session, pointer, true);
  EXPECT_TRUE(session.pass(commit(3).view()));
}

TEST(Session, ARemovalThatXenstoredRefusedTakesNothingBack) {
  Session session;
  done(session, write(kPointer, "7", 3));
  const OwnedFrame removal = rm("/local/domain/5", 3);
  ASSERT_TRUE(session.pass(removal.view()));
  answer(session, removal, true);
  EXPECT_FALSE(session.pass(commit(3).view()));
}

TEST(Session, APipelinedCommitWaitsForTheAnswersBeforeIt) {
  Session session;
  const OwnedFrame pointer = write(kPointer, "7", 3, 1);
  const OwnedFrame request = commit(3, 2);
  ASSERT_TRUE(session.pass(pointer.view()));
  ASSERT_FALSE(session.pass(request.view()));
  EXPECT_FALSE(session.idle());
  answer(session, pointer);
  ASSERT_TRUE(session.idle());
  EXPECT_EQ(lines(session.examine(request.view()).outcome), Lines{"attach vif/7/0 to 5"});
}

TEST(Session, AnAbortDropsTheTransaction) {
  Session session;
  done(session, write(kPointer, "7", 3));
  done(session, abort(3));
  EXPECT_TRUE(session.pass(commit(3).view()));
}

TEST(Session, AnAbortPipelinedBehindAWriteDropsItToo) {
  Session session;
  const OwnedFrame pointer = write(kPointer, "7", 3, 1);
  const OwnedFrame request = abort(3, 2);
  ASSERT_TRUE(session.pass(pointer.view()));
  ASSERT_TRUE(session.pass(request.view()));
  answer(session, pointer);
  answer(session, request);
  EXPECT_TRUE(session.pass(commit(3).view()));
}

TEST(Session, AnEndThatOnlySomeXenstoredsUnderstandIsRefusedAndTheTransactionStays) {
  for (const std::string& payload : {"T"s, "T\0x"s, "T\0\0"s, "F"s, "X\0"s, ""s, "\0"s, "TT\0"s}) {
    Session session;
    done(session, write(kPointer, "7", 3));
    const OwnedFrame odd = end(payload, 3);
    ASSERT_FALSE(session.pass(odd.view()));
    EXPECT_EQ(session.examine(odd.view()).error, "EINVAL");
    EXPECT_FALSE(session.pass(commit(3).view())) << "the commit that follows is judged";
  }
}

TEST(Session, AnAllowedCommitIsSettledByItsAnswer) {
  for (const bool failed : {false, true}) {
    Session session;
    done(session, write(kPointer, "7", 3));
    const OwnedFrame request = commit(3);
    ASSERT_FALSE(session.pass(request.view()));
    session.forwarded(request.view(), session.examine(request.view()).outcome);
    EXPECT_TRUE(session.awaits_outcome());
    const auto settled = answer(session, request, failed);
    EXPECT_FALSE(session.awaits_outcome());
    EXPECT_FALSE(settled.refusal);
    EXPECT_EQ(settled.failed, failed);
    ASSERT_TRUE(settled.outcome);
    EXPECT_EQ(lines(*settled.outcome), Lines{"attach vif/7/0 to 5"});
    EXPECT_TRUE(session.pass(commit(3).view())) << "either way the transaction is over";
  }
}

TEST(Session, ARefusedCommitIsAnsweredWithARefusalAndIsOver) {
  Session session;
  done(session, write(kPointer, "7", 3));
  const OwnedFrame request = commit(3);
  ASSERT_FALSE(session.pass(request.view()));
  session.aborted(request.view().header);
  EXPECT_TRUE(answer(session, request).refusal);
  EXPECT_TRUE(session.pass(commit(3).view()));
}

TEST(Session, ACommitThatOnlyRemovesPassesAndTellsWhatWentAway) {
  Session session;
  done(session, rm("/local/domain/5/backend/vif/7/0", 3));
  const OwnedFrame request = commit(3);
  ASSERT_TRUE(session.pass(request.view()));
  EXPECT_TRUE(session.awaits_outcome()) << "though the client dies now, the link is told to be gone";
  const auto settled = answer(session, request);
  ASSERT_TRUE(settled.outcome);
  EXPECT_EQ(lines(*settled.outcome), Lines{"removed vif/7/0 of 5"});
}

TEST(Session, ABareWriteOfAPointerIsJudgedAtOnce) {
  Session session;
  const OwnedFrame request = write(kPointer, "7");
  ASSERT_FALSE(session.pass(request.view()));
  EXPECT_EQ(lines(session.examine(request.view()).outcome), Lines{"attach vif/7/0 to 5"});
}

TEST(Session, PermissionsAreJudgedLikeWrites) {
  Session session;
  const OwnedFrame bare = set_perms("/data", "n5 r7");
  ASSERT_FALSE(session.pass(bare.view()));
  EXPECT_EQ(lines(session.examine(bare.view()).outcome), Lines{"attach xenstore/7/0 to 5"});
  done(session, set_perms("/data", "n5 r7", 3));
  ASSERT_FALSE(session.pass(commit(3).view()));
  EXPECT_EQ(lines(session.examine(commit(3).view()).outcome), Lines{"attach xenstore/7/0 to 5"});
}

TEST(Session, AnIntroductionIsJudgedAtOnceInATransactionToo) {
  for (const std::uint32_t transaction : {0u, 3u}) {
    Session session;
    const OwnedFrame request = frame(Message::introduce,
                                     "7\0"
                                     "1\0"
                                     "2\0"s,
                                     transaction);
    ASSERT_FALSE(session.pass(request.view()));
    EXPECT_EQ(lines(session.examine(request.view()).outcome), Lines{"introduce 7"});
    session.forwarded(request.view(), session.examine(request.view()).outcome);
    EXPECT_EQ(lines(*answer(session, request).outcome), Lines{"introduce 7"});
    EXPECT_TRUE(session.pass(commit(3).view())) << "it is no part of the transaction";
  }
}

TEST(Session, ATargetIsWithdrawnWhereXenstoredRefusesIt) {
  Session session;
  const OwnedFrame request = frame(Message::set_target,
                                   "8\0"
                                   "7\0"s);
  ASSERT_FALSE(session.pass(request.view()));
  session.forwarded(request.view(), session.examine(request.view()).outcome);
  const auto settled = answer(session, request, true);
  EXPECT_TRUE(settled.failed);
  EXPECT_EQ(lines(*settled.outcome), Lines{"attach target/7/0 to 8"});
}

TEST(Session, BareRequestsLeaveNothingBehind) {
  Session session;
  done(session, write(kVm + "/name", "x"));
  done(session, rm("/local/domain/7"));
  EXPECT_TRUE(session.pass(commit(0).view()));
}

TEST(Session, ABareRemovalOfALinkPassesAndTells) {
  Session session;
  const OwnedFrame request = rm("/local/domain/5/backend/vif/7/0");
  ASSERT_TRUE(session.pass(request.view()));
  const auto settled = answer(session, request);
  ASSERT_TRUE(settled.outcome);
  EXPECT_EQ(lines(*settled.outcome), Lines{"removed vif/7/0 of 5"});
}

TEST(Session, AReplyThatBelongsToAnotherRequestIsAnError) {
  Session session;
  EXPECT_FALSE(session.answered(Header{Message::read, 1, 0, 0}).has_value());
  ASSERT_TRUE(session.pass(frame(Message::read, "/\0"s, 0, 5).view()));
  EXPECT_FALSE(session.answered(Header{Message::read, 6, 0, 0}).has_value());
  EXPECT_TRUE(session.answered(Header{Message::read, 5, 0, 0}).has_value());
}

TEST(SessionBound, ALimitedNumberOfRequestsIsUnanswered) {
  Session session;
  const OwnedFrame request = frame(Message::read, "/\0"s);
  for (std::size_t i = 0; i < Session::kMaxUnanswered; ++i) ASSERT_TRUE(session.pass(request.view()));
  ASSERT_FALSE(session.pass(request.view()));
  for (std::size_t i = 0; i < Session::kMaxUnanswered; ++i) answer(session, request);
  EXPECT_EQ(session.examine(request.view()).error, "");
  EXPECT_TRUE(session.pass(request.view()));
}

TEST(SessionBound, ALimitedNumberOfTransactionsHoldsSomethingOfInterest) {
  Session session;
  constexpr auto kMax = static_cast<std::uint32_t>(Session::kMaxTransactions);
  for (std::uint32_t transaction = 1; transaction <= kMax; ++transaction)
    done(session, write(kPointer, "7", transaction));
  const OwnedFrame one_more = write(kPointer, "7", kMax + 1);
  ASSERT_FALSE(session.pass(one_more.view()));
  EXPECT_EQ(session.examine(one_more.view()).error, "ENOSPC");
  EXPECT_TRUE(session.pass(write("/tool/x", "1", kMax + 1).view())) << "the others go on";
  EXPECT_TRUE(session.pass(write(kPointer, "8", kMax).view())) << "those that are open go on";
}

TEST(SessionBound, UnansweredWritesCountAsTransactionsOfTheirOwn) {
  Session session;
  std::uint32_t passed = 0;
  while (passed < 1000 && session.pass(write(kPointer, "7", passed + 1).view())) ++passed;
  EXPECT_EQ(passed, Session::kMaxTransactions);
}

}  // namespace
}  // namespace xenacm::gate::testing
