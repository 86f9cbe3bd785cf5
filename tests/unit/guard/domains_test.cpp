// SPDX-License-Identifier: Apache-2.0
// Domains that nobody admitted: paused, asked about, let go or destroyed (docs/guard.md, "Domains")
#include "enforcer/guard/domains.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/guard/fakes.h"

namespace xenacm::guard {
namespace {

using namespace monitor;
using testing::FakeHypervisor;
using testing::FakeXenstore;
using Words = std::vector<std::string>;

class Strangers : public ::testing::Test {
 protected:
  Strangers() { monitor.record(0); }

  void look() {
    ASSERT_TRUE(domains.look(&store, Clock::now()).has_value());
    monitor.deliver();
    domains.work(Clock::now());
  }
  // As if that time had passed. A destruction has a thread of its own; what it comes to is waited for.
  void after(std::chrono::milliseconds time) {
    const auto at = Clock::now() + time;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    domains.work(at);
    while (domains.due() && *domains.due() < at && Clock::now() < deadline) domains.work(at);
  }

  testing::Host host;
  testing::Monitor monitor;
  Alarms alarms;
  FakeHypervisor hypervisor{host};
  FakeXenstore store{host};
  Domains domains{hypervisor, monitor.asked_by_the_guard(), [this] { return std::optional(monitor.known()); }, alarms};
};

TEST_F(Strangers, AnAllowedOneIsPausedWhileItIsAskedAboutAndThenRuns) {
  host.put(5, "guest");
  look();
  EXPECT_EQ(monitor.asked(), Words{"adopt 5 guest appeared"});
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}));
  look();
  EXPECT_EQ(host.done.size(), 2u) << "it is on record now";
  EXPECT_EQ(alarms.told().count, 0u);
}

TEST_F(Strangers, ARefusedOneIsPausedAndDestroyedOnceItsToolstackHadTimeToFinish) {
  monitor.deny("adopt 5");
  host.put(5, "guest");
  look();
  after(kToolstackTime / 2);
  EXPECT_EQ(host.done, Words{"pause 5"});
  EXPECT_TRUE(domains.is_condemned(DomId(5)));
  after(kToolstackTime);
  EXPECT_EQ(host.done, (Words{"pause 5", "destroy 5"}));
  EXPECT_EQ(alarms.told().count, 1u);
  EXPECT_TRUE(alarms.told().last.contains(R"(domain 5 "guest" came round the gate and was refused (ste: )"))
      << alarms.told().last;
}

TEST_F(Strangers, OneThatIsStillBeingBuiltIsLeftAlone) {
  host.put(5);
  host.introduced.clear();
  host.set_state(5, "--p---");
  look();
  EXPECT_TRUE(host.done.empty());
  EXPECT_TRUE(monitor.asked().empty());
}

// Its toolstack takes its own pause back: ours stays.
TEST_F(Strangers, OneThatIsBuiltButStillPausedIsPausedOnceMore) {
  host.put(5);
  host.set_state(5, "--p---");
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}));
}

TEST_F(Strangers, OneThatRunsWithoutAConnectionToXenstoreIsPausedToo) {
  monitor.fail(Decision::deny);
  host.put(5);
  host.introduced.clear();
  look();
  EXPECT_EQ(host.done, Words{"pause 5"});
  monitor.recover();
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}))
      << "not taken for one that is being built, now that it is paused";
}

TEST_F(Strangers, WithoutXenstoredTheyArePausedAndAskedAboutWhenItIsBack) {
  host.put(5, "guest");
  ASSERT_TRUE(domains.look(nullptr, Clock::now()).has_value());
  EXPECT_EQ(host.done, Words{"pause 5"});
  EXPECT_TRUE(monitor.asked().empty());
  look();
  EXPECT_EQ(monitor.asked(), Words{"adopt 5 guest appeared"});
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"})) << "paused once";
}

TEST_F(Strangers, ADomainThatTheGateAdmitsWhileTheHypervisorIsAskedIsNeverPaused) {
  host.put(5);
  host.on_list = [&] {
    monitor.record(5);
    host.on_list = [] {};
  };
  look();
  EXPECT_TRUE(host.done.empty());
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(Strangers, ADomainThatComesAndIsRecordedAfterTheHypervisorWasAskedHasNotStopped) {
  monitor.record(5);
  bool first = true;
  host.on_list = [&] {
    if (!std::exchange(first, false)) host.put(5);
  };
  look();
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(Strangers, AtTheFirstLookTheyAreAdoptedAndNeverPaused) {
  monitor.deny("appeared");
  host.put(5, "guest");
  ASSERT_TRUE(domains.adopt(store).has_value());
  monitor.deliver();
  domains.work(Clock::now());
  EXPECT_EQ(monitor.asked(), Words{"adopt 5 guest"});
  EXPECT_TRUE(host.done.empty());
}

TEST_F(Strangers, WhatWasThereAtTheFirstLookIsNotPausedLaterForWantOfAVerdict) {
  monitor.fail(Decision::deny);
  host.put(5, "guest");
  ASSERT_TRUE(domains.adopt(store).has_value());
  monitor.deliver();
  monitor.recover();
  monitor.deny("appeared");
  look();
  EXPECT_EQ(monitor.asked(), (Words{"adopt 5 guest", "adopt 5 guest"}));
  EXPECT_TRUE(host.done.empty());
}

TEST_F(Strangers, AnIdThatIsUsedAgainIsJudgedAnew) {
  monitor.record(5);
  host.put(5, "other");
  host.domains.back().uuid = Uuid(testing::uuid_of(6));
  look();
  EXPECT_EQ(monitor.asked(), (Words{"stop 5", "adopt 5 other appeared"}));
}

TEST_F(Strangers, ADyingOneIsNotAdoptedAndARecordedOneCountsUntilItIsGone) {
  monitor.record(4);
  host.put(4);
  host.put(5);
  host.set_state(4, "---s-d");
  host.set_state(5, "---s-d");
  look();
  EXPECT_TRUE(monitor.asked().empty());
  host.drop(4);
  look();
  EXPECT_EQ(monitor.asked(), Words{"stop 4"});
}

TEST_F(Strangers, WhoeverUnpausesARefusedOneDoesNotGetFar) {
  monitor.deny("adopt 5");
  host.put(5);
  look();
  host.paused.clear();  // xl unpause
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "pause 5"}));
}

TEST_F(Strangers, WhatTheHypervisorDoesNotDoIsTriedAgain) {
  monitor.deny("adopt 5");
  host.refuses = "no rights";
  host.put(5);
  look();
  EXPECT_TRUE(host.done.empty());
  host.refuses.clear();
  look();
  EXPECT_EQ(host.done, Words{"pause 5"});
  host.refuses = "busy";
  after(kToolstackTime);
  EXPECT_TRUE(host.has(5));
  host.refuses.clear();
  after(kToolstackTime * 2);
  EXPECT_FALSE(host.has(5));
}

TEST_F(Strangers, OneThatLeavesByItselfWasRefusedAllTheSame) {
  monitor.deny("adopt 5");
  host.put(5);
  look();
  host.drop(5);
  look();
  EXPECT_EQ(alarms.told().count, 1u);
  EXPECT_TRUE(alarms.told().last.contains("gone by itself")) << alarms.told().last;
}

TEST_F(Strangers, InPermissiveModeARefusalIsToldAndTheDomainRuns) {
  monitor.would_deny("adopt 5");
  host.put(5);
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}));
  EXPECT_TRUE(alarms.told().last.contains("would be refused")) << alarms.told().last;
}

// No verdict, no run: but a full disk destroys nobody.
TEST_F(Strangers, WithoutAVerdictThatIsRecordedItStaysPausedAndIsAskedAboutAgain) {
  monitor.fail(Decision::deny);
  host.put(5);
  look();
  look();
  after(kToolstackTime * 2);
  EXPECT_EQ(host.done, Words{"pause 5"});
  EXPECT_EQ(monitor.asked().size(), 2u);
  monitor.recover();
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}));
}

TEST_F(Strangers, InPermissiveModeItRunsAlthoughNothingCanBeRecordedAndIsNotPausedAgain) {
  monitor.fail(Decision::would_deny);
  host.put(5);
  look();
  look();
  EXPECT_EQ(host.done, (Words{"pause 5", "unpause 5"}));
  EXPECT_EQ(monitor.asked().size(), 2u);
}

TEST_F(Strangers, AtTheEndOfTheGuardWhatIsRefusedIsDestroyed) {
  monitor.deny("adopt 5");
  host.put(5);
  look();
  domains.finish();
  EXPECT_FALSE(host.has(5));
}

}  // namespace
}  // namespace xenacm::guard
