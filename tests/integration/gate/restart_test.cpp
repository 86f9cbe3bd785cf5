// SPDX-License-Identifier: Apache-2.0
// xenstored is started anew beneath the gate.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "enforcer/gate/listening.h"
#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::chrono_literals;

class Restart : public GateBed {
 protected:
  // The gate is at the name, and a xenstored behind it.
  [[nodiscard]] bool stands_again() const {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!look_at(real_socket()).value().answers || look_at(socket())->bound_as.extension() != ".gate") {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
};
FOR_EVERY_XENSTORED(Restart);

TEST_P(Restart, TheGateTakesItsPlaceAgain) {
  for (int round = 0; round < 3; ++round) {
    store_.kill();
    store_.start();
    ASSERT_TRUE(stands_again());
    RawClient raw = client();
    EXPECT_EQ(raw.read("/tool/x"), "ENOENT") << "a new store";
    EXPECT_EQ(raw.write("/tool/x", "1"), "OK");
    EXPECT_EQ(stored("/tool/x"), "1");
    monitor_.deny("attach");
    EXPECT_EQ(link_transaction(raw), "EACCES");
    EXPECT_EQ(stored(std::string(kBack) + "/frontend-id"), "ENOENT");
    monitor_.allow();
    EXPECT_EQ(link_transaction(raw), "OK");
  }
}

TEST_P(Restart, WhileXenstoredIsAwayClientsAreDisconnectedAndNotLeftWaiting) {
  RawClient before = client();
  ASSERT_EQ(before.write("/tool/x", "1"), "OK");
  store_.kill();
  EXPECT_TRUE(before.ended());
  const RawClient meanwhile = client();  // it can connect, and so does not go by /dev/xen/xenbus
  EXPECT_TRUE(meanwhile.ended());
  store_.start();
  ASSERT_TRUE(stands_again());
  EXPECT_EQ(client().write("/tool/x", "2"), "OK");
}

TEST_P(Restart, AtItsEndTheGateGivesTheNewXenstoredItsName) {
  store_.kill();
  store_.start();
  ASSERT_TRUE(stands_again());
  stop_gate();
  EXPECT_FALSE(std::filesystem::exists(real_socket()));
  EXPECT_EQ(client().write("/tool/x", "1"), "OK");
}

TEST_P(Restart, TheGateTakesANameBackThatWasRemoved) {
  std::filesystem::remove(socket());
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!std::filesystem::exists(socket()) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_TRUE(stands_again());
  monitor_.deny("attach");
  RawClient raw = client();
  EXPECT_EQ(link_transaction(raw), "EACCES");
}

}  // namespace
}  // namespace xenacm::gate::testing
