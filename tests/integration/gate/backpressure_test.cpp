// SPDX-License-Identifier: Apache-2.0
// Nobody waits for somebody else's verdict or laziness.
#include <gtest/gtest.h>

#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

class Backpressure : public GateBed {};
FOR_EVERY_XENSTORED(Backpressure);

TEST_P(Backpressure, ASlowVerdictHoldsUpNeitherOthersNorTheClientsOwnWatchEvents) {
  RawClient waiting = client();
  RawClient other = client();
  EXPECT_EQ(waiting.ask(Message::watch, "/tool\0token\0"s), "OK");
  ASSERT_EQ(waiting.receive().value().header.type, Message::watch_event) << "the first, which every watch has";

  monitor_.hold();
  waiting.send(encode(Message::write, 1, 0, kPointer + "\0"s + "7"));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  EXPECT_EQ(other.write("/tool/x", "1"), "OK");
  const auto event = waiting.receive();
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->header.type, Message::watch_event);
  EXPECT_EQ(event->payload, "/tool/x\0token\0"s);
  EXPECT_EQ(stored(kPointer), "ENOENT") << "not before the verdict";

  monitor_.release();
  const auto reply = waiting.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->header.request, 1u);
  EXPECT_EQ(reply->text(), "OK");
}

TEST_P(Backpressure, RequestsBehindAPendingVerdictWaitForIt) {
  const RawClient raw = client();
  RawClient other = client();
  monitor_.hold();
  raw.send(encode(Message::write, 1, 0, kPointer + "\0"s + "7") + encode(Message::write, 2, 0, "/tool/behind\0x"s));
  ASSERT_TRUE(monitor_.wait_for("attach vif/7/0 to 5"));
  EXPECT_EQ(other.read("/tool/behind"), "ENOENT");
  monitor_.release();
  EXPECT_EQ(raw.receive().value().header.request, 1u);
  EXPECT_EQ(raw.receive().value().header.request, 2u);
  EXPECT_EQ(other.read("/tool/behind"), "x");
}

TEST_P(Backpressure, AClientThatNeverReadsIsStoppedAndHoldsUpNobody) {
  RawClient other = client();
  ASSERT_EQ(other.write("/tool/large", std::string(2000, 'x')), "OK");
  const RawClient lazy = client();
  // It sends until the gate takes no more. Every answer to a round trip of somebody else is time given to the gate.
  constexpr std::size_t kFarTooMuch = 64 * 1024 * 1024;
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += encode(Message::read, 1, 0, "/tool/large\0"s);
  std::size_t taken = 0;
  for (int idle_rounds = 0; idle_rounds < 50 && taken < kFarTooMuch;) {
    const std::size_t sent = lazy.send_some(std::string_view(requests).substr(taken % requests.size()));
    taken += sent;
    idle_rounds = sent == 0 ? idle_rounds + 1 : 0;
    ASSERT_EQ(other.read("/tool/large").size(), 2000u);
  }
  EXPECT_LT(taken, kFarTooMuch) << "the gate reads on although its answers are not taken";
  // What was held back is delivered as soon as it is asked for.
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(lazy.receive().value().payload.size(), 2000u);
}

TEST_P(Backpressure, AHalfSentFrameHoldsUpNobodyAndIsCompletedLater) {
  const RawClient half = client();
  RawClient other = client();
  const std::string request = encode(Message::write, 1, 0, "/tool/half\0value"s);
  half.send(request.substr(0, 20));
  EXPECT_EQ(other.write("/tool/x", "1"), "OK");
  EXPECT_EQ(other.read("/tool/half"), "ENOENT");
  half.send(request.substr(20));
  EXPECT_EQ(half.receive().value().text(), "OK");
  EXPECT_EQ(other.read("/tool/half"), "value");
}

TEST_P(Backpressure, MoreTransactionsThanTheGateKeepsAreRefusedOneByOne) {
  RawClient raw = client();
  std::vector<std::uint32_t> open;
  for (std::size_t i = 0; i < Session::kMaxTransactions; ++i) {
    open.push_back(raw.begin());
    ASSERT_EQ(raw.write(kPointer, "7", open.back()), "OK");
  }
  const auto one_more = raw.begin();
  EXPECT_EQ(raw.write(kPointer, "7", one_more), "ENOSPC");
  EXPECT_EQ(raw.abort(open.back()), "OK");
  EXPECT_EQ(raw.write(kPointer, "7", one_more), "OK");
  monitor_.deny("attach");
  EXPECT_EQ(raw.commit(one_more), "EACCES");
}

}  // namespace
}  // namespace xenacm::gate::testing
