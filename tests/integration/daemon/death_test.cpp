// SPDX-License-Identifier: Apache-2.0
// The daemon dies: what becomes of those who ask xenstored meanwhile (docs/gate.md, "Death")
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <thread>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::test {
namespace {

using gate::Message;
using gate::testing::RawClient;
using namespace std::string_literals;

class Death : public testing::Test {
 protected:
  void SetUp() override { dom0.start(); }

  [[nodiscard]] RawClient client() const { return RawClient(name()); }
  [[nodiscard]] std::filesystem::path name() const { return dom0.xenstored().socket_path(); }
  [[nodiscard]] std::filesystem::path real() const { return name().string() + ".real"; }
  // What a client that connects now is told.
  [[nodiscard]] std::string told() const { return client().write("/tool/x", "1"); }
  [[nodiscard]] static bool answers(const std::filesystem::path& socket) {
    try {
      return RawClient(socket).write("/tool/x", "1") == "OK";
    } catch (const std::system_error&) {
      return false;
    }
  }
  [[nodiscard]] bool keeper_ends(pid_t keeper) const {
    return Dom0::wait_until([&] { return dom0.keeper() != keeper; });
  }

  mutable Dom0 dom0;
};

TEST_F(Death, IsNoWayRoundIt) {
  dom0.kill();
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(1, "anything"));
  EXPECT_EQ(xl.error(), EACCES);
  EXPECT_FALSE(xl.exists("/local"));
  EXPECT_EQ(RawClient(real()).read("/local/domain/1/vm"), "ENOENT") << "xenstored has not heard of it";
  EXPECT_NE(dom0.log().find("acm-enforcerd --release-socket"), std::string::npos) << dom0.log();
}

TEST_F(Death, EndsWithTheNextStart) {
  dom0.kill();
  const pid_t keeper = dom0.keeper();
  const RawClient refused = client();
  dom0.start();
  EXPECT_EQ(told(), "OK");
  EXPECT_TRUE(refused.ended());
  EXPECT_TRUE(keeper_ends(keeper));
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(xl.create(1, "anything"));
}

// libxenstore turns to /dev/xen/xenbus where it cannot connect.
TEST_F(Death, AtNoInstantIsAConnectionRefused) {
  std::atomic<int> connected = 0;
  std::atomic<int> refused = 0;
  std::jthread connecting([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        const RawClient one(name());
        ++connected;
      } catch (const std::system_error&) {
        ++refused;
      }
    }
  });
  for (int round = 0; round < 5; ++round) {
    dom0.kill();
    EXPECT_EQ(told(), "EACCES");
    dom0.start();
    EXPECT_EQ(told(), "OK");
  }
  connecting.request_stop();
  connecting.join();
  EXPECT_GT(connected, 1000);
  EXPECT_EQ(refused, 0);
}

TEST_F(Death, EveryRequestIsAnsweredInTheOrderItCameHoweverItsBytesArrive) {
  RawClient before = client();
  ASSERT_NE(before.read("/"), "closed") << "it is the daemon's";
  dom0.kill();
  EXPECT_TRUE(before.ended());
  const RawClient raw = client();
  std::string requests;
  for (std::uint32_t request = 0; request < 500; ++request) {
    requests += encode(static_cast<Message>(request % 25), request, request * 3, std::string(request * 8, 'x'));
  }
  const std::size_t half = requests.size() - 1000;
  raw.send(std::string_view(requests).substr(0, half));
  std::thread later([&] { raw.send(std::string_view(requests).substr(half)); });
  for (std::uint32_t request = 0; request < 500; ++request) {
    const auto reply = raw.receive();
    EXPECT_TRUE(reply && reply->header.type == Message::error && reply->header.request == request &&
                reply->header.transaction == request * 3 && reply->payload == "EACCES\0"s)
        << request;
    if (!reply) break;
  }
  later.join();
}

TEST_F(Death, NobodyKeepsOthersFromTheirAnswer) {
  dom0.kill();
  const RawClient half = client();
  half.send(encode(Message::write, 1, 0, "/tool/half\0value"s).substr(0, 20));
  const RawClient deaf = client();  // sends until no more is taken, and never reads
  const std::string request = encode(Message::read, 1, 0, "/\0"s);
  for (int i = 0; i < 100'000; ++i) (void)deaf.send_some(request);
  const RawClient oversized = client();
  std::string frame = encode(Message::write, 1, 0, "");
  const std::uint32_t length = 4097;
  std::memcpy(frame.data() + 12, &length, sizeof length);
  oversized.send(frame);
  EXPECT_TRUE(oversized.ended());
  std::vector<RawClient> many;
  for (int i = 0; i < 300; ++i) many.push_back(client());
  for (RawClient& one : many) EXPECT_EQ(one.read("/"), "EACCES");
  half.send(encode(Message::write, 1, 0, "/tool/half\0value"s).substr(20));
  EXPECT_EQ(half.receive().value().text(), "EACCES");
}

TEST_F(Death, MoreClientsThanItKeepsPushOutTheOldest) {
  dom0.kill();
  const RawClient oldest = client();
  std::vector<RawClient> many;
  for (int i = 0; i < 1001; ++i) {
    many.push_back(client());
    ASSERT_EQ(many.back().read("/"), "EACCES") << i;
  }
  EXPECT_TRUE(oldest.ended());
  EXPECT_EQ(many.back().read("/"), "EACCES");
}

TEST_F(Death, TheKeeperHasNothingOfTheDaemonsButTheSocket) {
  const auto fds = "/proc/" + std::to_string(dom0.keeper()) + "/fd";
  std::vector<std::string> open;
  for (const auto& entry : std::filesystem::directory_iterator(fds)) open.push_back(entry.path().filename());
  std::ranges::sort(open);
  EXPECT_EQ(open, (std::vector<std::string>{"0", "1", "2", "3", "4"}));
}

TEST_F(Death, AKilledKeeperIsReplaced) {
  const pid_t first = dom0.keeper();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.keeper() != first && dom0.keeper() != 0; }));
  EXPECT_NE(dom0.log().find("keeper (pid " + std::to_string(first) + ") ended with signal 9"), std::string::npos);
  EXPECT_EQ(told(), "OK");
  dom0.kill();
  EXPECT_EQ(told(), "EACCES");
}

TEST_F(Death, AnEndInGoodOrderEndsTheKeeper) {
  ASSERT_NE(dom0.keeper(), 0);
  ASSERT_EQ(dom0.stop(), 0);
  EXPECT_EQ(dom0.keeper(), 0);
  EXPECT_EQ(told(), "OK") << "xenstored answers itself";
}

TEST_F(Death, AStartThatFailsAfterItLeavesEverythingRefused) {
  dom0.kill();
  const auto file = dom0.folder() / "xenacm.toml";
  const std::string good = contents(file);
  std::ofstream(file, std::ios::app) << "[guard]\nenabled = false\n[api]\n";  // a second [api]
  EXPECT_EQ(dom0.run_second().status, 1);
  EXPECT_EQ(told(), "EACCES") << "of a start that did not come as far as the socket";
  std::string bad = good;
  bad.replace(bad.find("api.sock"), 8, std::string(200, 'a'));  // too long for a socket's name
  std::ofstream(file) << bad;
  const Finished failed = dom0.run_second();
  EXPECT_EQ(failed.status, 1) << failed.err;
  EXPECT_EQ(told(), "EACCES") << "of one that took the socket first";
  std::ofstream(file) << good;
  dom0.start();
  EXPECT_EQ(told(), "OK");
}

TEST_F(Death, ReleaseByHandEndsTheKeeperAndNothingIsEnforced) {
  const Finished refused = dom0.run_second({"--release-socket"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("another gate runs at " + name().string() + " (pid " + std::to_string(dom0.pid())),
            std::string::npos)
      << refused.err;
  EXPECT_EQ(told(), "OK");
  dom0.kill();
  const Finished released = dom0.run_second({"--release-socket"});
  EXPECT_EQ(released.status, 0) << released.err;
  EXPECT_EQ(told(), "OK");
  EXPECT_FALSE(std::filesystem::exists(real()));
  EXPECT_TRUE(Dom0::wait_until([&] { return dom0.keeper() == 0; }));
  dom0.start();
  EXPECT_EQ(told(), "OK");
}

TEST_F(Death, OfAGateThatTookXenstoredsPlaceAgainIsNoWayRoundItEither) {
  dom0.xenstored().kill();
  dom0.xenstored().start();
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.gate_is_in_place(); }));
  EXPECT_EQ(told(), "OK");
  dom0.kill();
  EXPECT_EQ(told(), "EACCES");
}

TEST_F(Death, LastsWhereXenstoredIsStartedAnewMeanwhile) {
  dom0.kill();
  const pid_t keeper = dom0.keeper();
  for (int round = 0; round < 2; ++round) {
    dom0.xenstored().kill();
    dom0.xenstored().start();
    ASSERT_TRUE(Dom0::wait_until([&] { return answers(real()); })) << "the new xenstored is behind it";
    // For an instant it answers under either name: the keeper's takes the place of its own without a gap.
    EXPECT_TRUE(Dom0::wait_until([&] { return told() == "EACCES"; }));
  }
  EXPECT_EQ(dom0.keeper(), keeper);
  dom0.start();
  EXPECT_EQ(told(), "OK");
  EXPECT_TRUE(keeper_ends(keeper));
}

TEST(DeathWithRelease, XenstoredGetsItsSocketBack) {
  Dom0 dom0;
  dom0.configure_gate("on_death = \"release\"\n");
  dom0.start();
  dom0.kill();
  ASSERT_TRUE(Dom0::wait_until([&] { return dom0.keeper() == 0; }));
  EXPECT_FALSE(std::filesystem::exists(dom0.xenstored().socket_path().string() + ".real"));
  EXPECT_EQ(RawClient(dom0.xenstored().socket_path()).write("/tool/x", "1"), "OK");
  dom0.start();
  Toolstack xl(dom0.xenstored());
  EXPECT_TRUE(xl.create(1, "anything"));
}

TEST(KeepSocket, IsNothingToRunByHand) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"/a", "1", "1", "deny"}, {"/a", "1", "x", "deny"}, {"/a", "1", "1", "allow"}}) {
    std::vector<std::string> command{XENACM_ENFORCERD, "--keep-socket"};
    command.insert(command.end(), words.begin(), words.end());
    const Finished finished = run(command);
    EXPECT_NE(finished.status, 0);
    EXPECT_NE(finished.err.find("is for acm-enforcerd itself to use"), std::string::npos) << finished.err;
  }
}

}  // namespace
}  // namespace xenacm::test
