// SPDX-License-Identifier: Apache-2.0
// The guard at work, over a hypervisor and a xenstore that the test sets up
#include "enforcer/guard/guard.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/unit/guard/fakes.h"

namespace xenacm::guard {
namespace {

using namespace monitor;
using testing::FakeHypervisor;
using testing::FakeXenstore;

struct Scene {
  Scene() { monitor.record(0); }

  [[nodiscard]] std::expected<std::unique_ptr<xen::Xenstore>, std::string> connect() {
    const std::scoped_lock lock(host.mutex);
    if (!host.alive) return std::unexpected("nobody answers");
    return std::make_unique<FakeXenstore>(host);
  }

  testing::Host host;
  testing::Monitor monitor;
  Guard guard{std::make_unique<FakeHypervisor>(host), [this] { return connect(); },
              [this](const Request& request, const Caller&, const Answer& answer) { monitor.submit(request, answer); },
              [this] { return std::optional(monitor.known()); }};
};

TEST(Guard, BringsTheLedgerInLineBeforeItsStartReturns) {
  Scene scene;
  scene.host.put(3, "guest");
  scene.host.write("/local/domain/3/device/vif/0/backend-id", "0");
  ASSERT_TRUE(scene.guard.start());
  EXPECT_EQ(scene.monitor.asked(), (std::vector<std::string>{"adopt 3 guest", "link vif/3/0 to 0"}));
}

// The gate would have let in what conflicts with the domain that is not counted.
TEST(Guard, DoesNotStartWhereWhatRunsAlreadyCannotBeRecorded) {
  Scene scene;
  scene.host.put(3, "guest");
  scene.monitor.fail(Decision::deny);
  const auto started = scene.guard.start();
  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().starts_with("domain 3 \"guest\" was not admitted, and ")) << started.error();
}

TEST(Guard, StartsInPermissiveModeWhereWhatRunsAlreadyCannotBeRecorded) {
  Scene scene;
  scene.host.put(3, "guest");
  scene.monitor.fail(Decision::would_deny);
  EXPECT_TRUE(scene.guard.start());
}

TEST(Guard, DoesNotStartWithoutXenstored) {
  Scene scene;
  scene.host.alive = false;
  EXPECT_EQ(scene.guard.start().error(), "nobody answers");
}

TEST(Guard, LooksAtEveryEvent) {
  Scene scene;
  ASSERT_TRUE(scene.guard.start());
  scene.host.put(5);
  scene.host.fire("@introduceDomain");
  ASSERT_TRUE(scene.monitor.wait_for("adopt 5 d5 appeared"));
  scene.host.drop(5);
  scene.host.fire("@releaseDomain");
  EXPECT_TRUE(scene.monitor.wait_for("stop 5"));
}

TEST(Guard, LooksBeforeItLetsAnybodyGoOn) {
  Scene scene;
  scene.monitor.record(7);
  scene.host.put(7);
  ASSERT_TRUE(scene.guard.start());
  scene.host.drop(7);
  std::promise<bool> known;
  scene.guard.look_then([&] { known.set_value(scene.monitor.known().find(DomId(7)) != nullptr); });
  EXPECT_FALSE(known.get_future().get()) << "it is told to have stopped before";
}

// A domain whose build failed was never introduced: it leaves without @releaseDomain.
TEST(Guard, NoticesADomainThatLeavesWithoutAnEvent) {
  Scene scene;
  scene.monitor.record(7);
  ASSERT_TRUE(scene.guard.start());
  ASSERT_TRUE(scene.monitor.wait_for("stop 7"));
  scene.host.put(8);
  EXPECT_TRUE(scene.monitor.wait_for("adopt 8 d8 appeared")) << "by the clock alone, no event was fired";
}

TEST(Guard, SeesLinksAndNamesOfDomainsThatCameAfterIt) {
  Scene scene;
  ASSERT_TRUE(scene.guard.start());
  scene.host.put(5);
  scene.host.fire("@introduceDomain");
  ASSERT_TRUE(scene.monitor.wait_for("adopt 5 d5 appeared"));
  scene.host.write("/local/domain/0/backend/vif/5/0/frontend-id", "5");
  EXPECT_TRUE(scene.monitor.wait_for("link vif/5/0 to 0 appeared"));
  scene.host.write("/local/domain/5/name", "other");
  EXPECT_TRUE(scene.monitor.wait_for("rename 5 other"));
}

TEST(Guard, ConnectsAgainAndLooksAtAllThatItMissed) {
  Scene scene;
  scene.host.put(5);
  scene.monitor.record(5);
  ASSERT_TRUE(scene.guard.start());
  {
    const std::scoped_lock lock(scene.host.mutex);
    scene.host.alive = false;
    scene.host.watches.clear();  // xenstored is another one
    scene.host.write("/local/domain/5/device/vif/0/backend-id", "0");
  }
  const auto looks = scene.guard.looks();
  std::promise<void> looked;
  scene.guard.look_then([&] { looked.set_value(); });
  looked.get_future().wait();
  EXPECT_GT(scene.guard.looks(), looks) << "domains are still looked at";
  {
    const std::scoped_lock lock(scene.host.mutex);
    scene.host.alive = true;
  }
  EXPECT_TRUE(scene.monitor.wait_for("link vif/5/0 to 0 appeared"));
}

TEST(Guard, ItsEndDestroysWhatIsRefused) {
  testing::Host host;
  testing::Monitor monitor;
  monitor.record(0);
  monitor.deny("adopt 5");
  {
    Guard guard(
        std::make_unique<FakeHypervisor>(host), [&] { return std::make_unique<FakeXenstore>(host); },
        [&](const Request& request, const Caller&, const Answer& answer) { monitor.submit(request, answer); },
        [&] { return std::optional(monitor.known()); });
    ASSERT_TRUE(guard.start());
    host.put(5);
    host.fire("@introduceDomain");
    ASSERT_TRUE(monitor.wait_for("adopt 5 d5 appeared"));
    std::promise<void> answered;
    guard.look_then([&] { answered.set_value(); });
    answered.get_future().wait();
  }
  EXPECT_FALSE(host.has(5));
}

}  // namespace
}  // namespace xenacm::guard
