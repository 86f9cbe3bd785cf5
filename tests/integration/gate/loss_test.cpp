// SPDX-License-Identifier: Apache-2.0
// Clients, xenstored or the gate go away.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;
using Asked = std::vector<std::string>;

class Loss : public GateBed {
 protected:
  // Until the gate has noticed that a client is gone. Each look is a turn of the gate's event loop.
  [[nodiscard]] bool comes_down_to(std::size_t wanted) {
    for (int looks = 0; looks < 100'000; ++looks) {
      if (connections() == wanted) return true;
    }
    return false;
  }
};
FOR_EVERY_XENSTORED(Loss);

TEST_P(Loss, AClientThatDiesInATransactionLeavesNothing) {
  RawClient raw = client();
  const auto transaction = raw.begin();
  EXPECT_EQ(raw.write(kPointer, "7", transaction), "OK");
  raw.hang_up();
  EXPECT_TRUE(comes_down_to(0));
  EXPECT_EQ(stored(kPointer), "ENOENT");
  EXPECT_TRUE(monitor_.asked().empty());
}

TEST_P(Loss, AClientThatDiesWhileItsCommitIsJudgedStillGetsItsCommit) {
  RawClient raw = client();
  const auto transaction = raw.begin();
  raw.write(kPointer, "7", transaction);
  monitor_.hold();
  raw.send(encode(Message::transaction_end, 1, transaction, "T\0"s));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  raw.hang_up();
  monitor_.release();
  EXPECT_TRUE(comes_down_to(0));
  // It was sent, so it counts; and the verdict is not left hanging: it holds because the link stands.
  EXPECT_EQ(stored(kPointer), "7");
  EXPECT_EQ(monitor_.asked(), Asked{"attach vif/7/0 to 5"});
}

TEST_P(Loss, ACommitOfADeadClientThatXenstoredRefusesIsWithdrawn) {
  RawClient raw = client();
  raw.write("/tool/contended", "0");
  const auto transaction = raw.begin();
  raw.read("/tool/contended", transaction);
  raw.write("/tool/contended", "mine", transaction);
  raw.write(kPointer, "7", transaction);
  direct().write("/tool/contended", "theirs");
  monitor_.hold();
  raw.send(encode(Message::transaction_end, 1, transaction, "T\0"s));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  raw.hang_up();
  monitor_.release();
  EXPECT_TRUE(monitor_.wait_for("withdraw attach vif/7/0 to 5"));
}

TEST_P(Loss, AClientThatDiesWhileItsCommitIsJudgedLeavesNothingIfItIsRefused) {
  RawClient raw = client();
  const auto transaction = raw.begin();
  raw.write(kPointer, "7", transaction);
  monitor_.hold();
  monitor_.deny("attach");
  raw.send(encode(Message::transaction_end, 1, transaction, "T\0"s));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  raw.hang_up();
  monitor_.release();
  EXPECT_TRUE(comes_down_to(0));
  EXPECT_EQ(stored(kPointer), "ENOENT");
}

TEST_P(Loss, WhatWasAllowedIsWithdrawnIfXenstoredIsGoneBeforeTheCommitIsForwarded) {
  const RawClient raw = client();
  monitor_.hold();
  raw.send(encode(Message::write, 1, 0, kPointer + "\0"s + "7"));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  store_.stop();
  EXPECT_TRUE(raw.ended());
  monitor_.release();
  EXPECT_TRUE(monitor_.wait_for("withdraw attach vif/7/0 to 5"));
}

TEST_P(Loss, WhenXenstoredEndsItsClientsAreDisconnected) {
  RawClient raw = client();
  ASSERT_EQ(raw.write("/tool/x", "1"), "OK");
  store_.stop();
  EXPECT_TRUE(raw.ended());
  EXPECT_TRUE(comes_down_to(0));
}

TEST_P(Loss, AFrameAboveTheLimitEndsThatConnectionAlone) {
  const RawClient rude = client();
  RawClient polite = client();
  ASSERT_EQ(polite.write("/tool/x", "1"), "OK");
  std::string oversized = encode(Message::write, 1, 0, "");
  const std::uint32_t length = 4097;
  std::memcpy(oversized.data() + 12, &length, sizeof length);
  rude.send(oversized);
  EXPECT_TRUE(rude.ended());
  EXPECT_EQ(polite.read("/tool/x"), "1");
  EXPECT_TRUE(comes_down_to(1));
}

TEST_P(Loss, StoppingTheGateEndsConnectionsAndGivesXenstoredItsNameBack) {
  RawClient raw = client();
  ASSERT_EQ(raw.write("/tool/x", "1"), "OK");
  stop_gate();
  EXPECT_TRUE(raw.ended());
  EXPECT_FALSE(std::filesystem::exists(real_socket()));
  EXPECT_EQ(client().read("/tool/x"), "1");
  EXPECT_EQ(link_transaction(*std::make_unique<RawClient>(client())), "OK");
  EXPECT_TRUE(monitor_.asked().empty()) << "xenstored answers itself";
}

TEST_P(Loss, StoppingTheGateWhileAVerdictIsPendingWithdrawsIt) {
  const RawClient raw = client();
  monitor_.hold();
  raw.send(encode(Message::write, 1, 0, kPointer + "\0"s + "7"));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  stop_gate();
  EXPECT_TRUE(raw.ended());
  monitor_.release();
  EXPECT_TRUE(monitor_.wait_for("withdraw attach vif/7/0 to 5"));
  EXPECT_EQ(client().read(kPointer), "ENOENT");
}

}  // namespace
}  // namespace xenacm::gate::testing
