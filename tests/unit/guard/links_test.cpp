// SPDX-License-Identifier: Apache-2.0
// Links that appear in the store round the gate, and what becomes of them (docs/guard.md, "Links")
#include "enforcer/guard/links.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/guard/fakes.h"

namespace xenacm::guard {
namespace {

using namespace monitor;
using namespace std::chrono_literals;
using testing::FakeXenstore;
using Words = std::vector<std::string>;

const std::string kBack = "/local/domain/3/backend/vif/5/0";
const std::string kFront = "/local/domain/5/device/vif/0";
const LinkKey kKey{"vif", DomId(5), DomId(3), 0};

class LinksOf5And3 : public ::testing::Test {
 protected:
  LinksOf5And3() {
    monitor.record(0);
    monitor.record(3);
    monitor.record(5);
    for (const auto domid : {DomId(0), DomId(3), DomId(4), DomId(5)}) {
      for (const std::string& place : places_of(domid)) host.watches.insert(place);
    }
  }

  void make_back(const std::string& back = kBack, const std::string& front = kFront) {
    host.write(back + "/frontend", front);
    host.write(back + "/frontend-id", front.substr(14, 1));
    host.write(back + "/bridge", "xenbr0");
    host.write(back + "/state", "4");
  }
  void make_front(const std::string& front = kFront, const std::string& back = kBack) {
    host.write(front + "/backend", back);
    host.write(front + "/backend-id", back.substr(14, 1));
    host.write("/libxl/" + front.substr(14) + "/backend", back);
  }
  void work(Clock::duration later = 0ms) {
    const auto now = Clock::now() + later;
    while (true) {
      const auto event = store.next_event();
      if (!*event) break;
      links.changed(**event, now);
    }
    // What is above directories, the directories, what comes of the answers.
    links.work(store, now);
    links.work(store, now);
    monitor.deliver();
    links.work(store, now);
  }

  testing::Host host;
  testing::Monitor monitor;
  Alarms alarms;
  FakeXenstore store{host};
  std::set<DomId> condemned;
  Links links{monitor.asked_by_the_guard(), [this] { return std::optional(monitor.known()); },
              [this](DomId domid) { return condemned.contains(domid); }, alarms};
};

TEST_F(LinksOf5And3, TheBackEndOfARecordedOneIsToldTheLabels) {
  monitor.record(kKey);
  make_back();
  make_front();
  work();
  EXPECT_EQ(host.value(kBack + "/xenacm/verdict"), "allow");
  EXPECT_EQ(host.value(kBack + "/xenacm/frontend-label"), monitor.known().find(DomId(5))->label.text());
  EXPECT_EQ(host.value(kFront + "/xenacm/verdict"), "-") << "its frontend is told nothing";
}

TEST_F(LinksOf5And3, TheBackEndOfARefusedOneIsToldWhy) {
  monitor.deny("link");
  make_back();
  make_front();
  work();
  EXPECT_EQ(host.value(kBack + "/xenacm/verdict"), "deny");
  EXPECT_TRUE(host.value(kBack + "/xenacm/reason").contains("was refused")) << host.value(kBack + "/xenacm/reason");
}

TEST_F(LinksOf5And3, WhatAScriptWritesAfterTheCutIsRemoved) {
  monitor.deny("link");
  make_back();
  make_front();
  work();
  host.remove(kBack);  // as xl devd does
  work(20ms);
  ASSERT_EQ(host.value(kBack + "/state"), "-");
  host.write(kBack + "/hotplug-status", "error");
  work(kRestOfRefused + 100ms);
  EXPECT_EQ(host.value(kBack + "/hotplug-status"), "-");
}

TEST_F(LinksOf5And3, OneThatIsAllowedButStandsNowhereIsNotKeptOnRecord) {
  monitor.record(kKey);
  make_back();
  host.write(kFront + "/backend", "/local/domain/3/backend/a/5/7");
  work();
  EXPECT_TRUE(monitor.known().links.contains({"a", DomId(5), DomId(3), 7}));
  work(kAbsence + 100ms);
  EXPECT_FALSE(monitor.known().links.contains({"a", DomId(5), DomId(3), 7})) << "a guest could make any number of them";
}

TEST_F(LinksOf5And3, APciDeviceThatLibxlHasAssignedIsThere) {
  const LinkKey pci{"pci", DomId(5), kDomain0, 0};
  host.write("/libxl/pci/0000-04-00-0/domid", "5");
  EXPECT_FALSE(is_absent(store, pci));
  host.write("/libxl/pci/0000-04-00-0/domid", "6");
  EXPECT_TRUE(is_absent(store, pci));
}

TEST_F(LinksOf5And3, ARecordedOneIsNotAskedAbout) {
  monitor.record(kKey);
  make_back();
  make_front();
  work();
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(LinksOf5And3, AnUnknownOneIsAskedAboutOnceWithWhatItIsPluggedInto) {
  make_back();
  make_front();
  work();
  work(1s);
  EXPECT_EQ(monitor.asked(), Words{"link vif/5/0 to 3 on xenbr0 appeared"});
  EXPECT_EQ(host.value(kBack + "/state"), "4") << "allowed: it stays";
}

TEST_F(LinksOf5And3, ARefusedOneIsClosedAndGoesWhenItsBackEndIsGone) {
  monitor.deny("link");
  make_back();
  make_front();
  work();
  EXPECT_EQ(host.value(kBack + "/online"), "0");
  EXPECT_EQ(host.value(kBack + "/state"), "5");
  EXPECT_NE(host.value(kFront + "/backend"), "-") << "the driver domain needs it to close";
  host.remove(kBack);  // its xl devd
  work();
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
  EXPECT_EQ(host.value("/libxl/5/device/vif/0/backend"), "-");
  EXPECT_EQ(alarms.told().count, 1u);
  EXPECT_TRUE(
      alarms.told().last.contains("vif link 0 of domain 5 with domain 3 came round the gate and was refused (ste"))
      << alarms.told().last;
}

TEST_F(LinksOf5And3, ABackEndThatDoesNotCloseIsRemovedAllTheSame) {
  monitor.deny("link");
  make_back();
  make_front();
  work();
  host.write(kBack + "/state", "4");  // it only comes up now
  work(kCloseTime / 2);
  EXPECT_EQ(host.value(kBack + "/state"), "5");
  work(kCloseTime);
  EXPECT_EQ(host.value(kBack + "/state"), "6") << "for xl devd, whatever the front end does";
  EXPECT_NE(host.value(kFront + "/backend"), "-");
  work(kCloseTime + kClearTime);
  EXPECT_EQ(host.value(kBack + "/state"), "-");
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
  EXPECT_TRUE(alarms.told().last.contains("its back end removed as it was")) << alarms.told().last;
}

// Disturbed, xl devd would wait for ten seconds, and then clear away whatever has the number.
TEST_F(LinksOf5And3, ABackEndThatIsBeingSetUpIsClosedWhenXlDevdIsDone) {
  monitor.deny("link");
  make_back();
  make_front();
  host.write(kBack + "/state", "2");
  work();
  work(100ms);
  EXPECT_EQ(host.value(kBack + "/state"), "2");
  host.write(kBack + "/hotplug-status", "connected");
  work(200ms);
  EXPECT_EQ(host.value(kBack + "/state"), "5");
}

TEST_F(LinksOf5And3, ABackEndThatIsNeverSetUpIsClosedInTheEnd) {
  monitor.deny("link");
  make_back();
  make_front();
  host.write(kBack + "/state", "1");
  work();
  work(kSetupTime);
  EXPECT_EQ(host.value(kBack + "/state"), "5");
}

// Who makes his own back end is not waited for.
TEST_F(LinksOf5And3, ABackEndThatLibxlDidNotMakeIsClosedAtOnce) {
  monitor.deny("link");
  make_back();
  host.write(kBack + "/state", "1");
  work();
  EXPECT_EQ(host.value(kBack + "/state"), "5");
}

// Nobody removes the back ends of Domain-0.
TEST_F(LinksOf5And3, ABackEndInDomain0IsRemovedWhenItHasClosed) {
  const std::string back = "/local/domain/0/backend/vif/5/0";
  monitor.deny("link");
  make_back(back);
  make_front(kFront, back);
  work();
  EXPECT_EQ(host.value(back + "/state"), "5");
  host.write(back + "/state", "6");
  work();
  EXPECT_EQ(host.value(back + "/state"), "-");
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
}

using Pointer = std::pair<std::string, std::string>;
class EachPointer : public LinksOf5And3, public ::testing::WithParamInterface<Pointer> {};

TEST_P(EachPointer, AloneMakesALink) {
  host.write(GetParam().first, GetParam().second);
  work();
  ASSERT_EQ(monitor.asked(), Words{"link vif/5/0 to 3 appeared"});
}

INSTANTIATE_TEST_SUITE_P(, EachPointer,
                         ::testing::Values(Pointer{kBack + "/frontend", kFront}, Pointer{kBack + "/frontend-id", "5"},
                                           Pointer{kFront + "/backend", kBack}, Pointer{kFront + "/backend-id", "3"}));

// A guest turns its recorded front end to another back end: what is new is judged, and what it leaves goes too.
TEST_F(LinksOf5And3, AFrontEndThatIsPointedElsewhereLosesBoth) {
  monitor.record(4);
  monitor.record(kKey);
  make_back();
  make_front();
  work();
  monitor.deny("link vif/5/0 to 4");
  host.write(kFront + "/backend", "/local/domain/4/backend/vif/5/0");
  work(1s);
  EXPECT_EQ(monitor.asked(), Words{"link vif/5/0 to 4 appeared"});
  EXPECT_EQ(host.value(kBack + "/state"), "5") << "the recorded link's back end closes";
  work(2s + kCloseTime + kClearTime);
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
  EXPECT_EQ(host.value(kBack + "/frontend"), "-");
  EXPECT_EQ(monitor.asked(), (Words{"link vif/5/0 to 4 appeared", "detach vif/5/0 of 3"}));
}

// A pointer may name anybody: that costs nobody a link of his.
TEST_F(LinksOf5And3, AFrontEndOfSomebodyElseIsNotTouchedBecauseADriverDomainNamesIt) {
  monitor.record(4);
  monitor.record(kKey);
  make_back();
  make_front();
  work();
  monitor.deny("to 4");
  make_back("/local/domain/4/backend/vif/5/0");
  work(1s);
  work(1s + kCloseTime + kClearTime);
  EXPECT_EQ(host.value("/local/domain/4/backend/vif/5/0/frontend"), "-");
  EXPECT_EQ(host.value(kFront + "/backend"), kBack);
  EXPECT_EQ(host.value(kBack + "/state"), "4");
}

TEST_F(LinksOf5And3, NonsenseInAGuestsHandsJoinsNobody) {
  for (const char* value : {"", "nonsense", "../../3/backend", "/libxl/3", "-"}) {
    host.write(kFront + "/backend", value);
    work();
  }
  EXPECT_TRUE(monitor.asked().empty());
}

// A kernel reads 0x3 and 03 as numbers, where the monitor does not.
TEST_F(LinksOf5And3, WhatOnlyALaxReaderTakesForAPointerIsRefusedAndRemoved) {
  monitor.deny("malformed");
  host.write(kFront + "/backend-id", "0x3");
  work();
  EXPECT_EQ(monitor.asked(), Words{"malformed " + kFront + "/backend-id"});
  EXPECT_EQ(host.value(kFront + "/backend-id"), "-");
  host.write("/local/domain/3/backend/vif/05/0/frontend", kFront);
  work();
  EXPECT_EQ(host.value("/local/domain/3/backend/vif/05/0/state"), "5") << "it is being closed";
}

TEST_F(LinksOf5And3, ALinkWithADomainThatIsNotRecordedIsAskedAboutWhenItIs) {
  make_back("/local/domain/3/backend/vif/7/0", "/local/domain/7/device/vif/0");
  work();
  EXPECT_TRUE(monitor.asked().empty());
  monitor.record(7);
  links.meet({DomId(0), DomId(3), DomId(5), DomId(7)}, Clock::now());
  work(1s);
  EXPECT_EQ(monitor.asked(), Words{"link vif/7/0 to 3 on xenbr0 appeared"});
}

TEST_F(LinksOf5And3, TheLinksOfARefusedDomainEndWithIt) {
  condemned.insert(DomId(5));
  make_back();
  make_front();
  work();
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(LinksOf5And3, AtTheFirstLookLinksAreAdoptedAndWhatIsAbsentIsGone) {
  monitor.record(LinkKey{"vif", DomId(5), DomId(0), 1});
  make_back();
  make_front();
  links.adopt(store, {DomId(0), DomId(3), DomId(5)});
  EXPECT_EQ(monitor.asked(), (Words{"link vif/5/0 to 3 on xenbr0", "detach vif/5/1 of 0"}));
}

TEST_F(LinksOf5And3, WhatWasThereAtTheFirstLookIsNotCutLaterForWantOfAVerdict) {
  monitor.fail(Decision::deny);
  make_front();
  links.adopt(store, {DomId(5)});
  monitor.deliver();
  monitor.recover();
  monitor.deny("appeared");
  work(2s);
  EXPECT_EQ(monitor.asked(), (Words{"link vif/5/0 to 3", "link vif/5/0 to 3"}));
  EXPECT_EQ(host.value(kFront + "/backend"), kBack);
}

// Its guest would have had a way to a link that nobody judges, where the ledger failed at the start.
TEST_F(LinksOf5And3, WhatWasThereAtTheFirstLookWithoutAVerdictIsJudgedWhenItIsMadeAnew) {
  monitor.fail(Decision::deny);
  make_front();
  links.adopt(store, {DomId(5)});
  monitor.deliver();
  host.remove(kFront);
  work(2s);
  monitor.recover();
  make_front();
  work(4s);
  EXPECT_EQ(monitor.asked(), (Words{"link vif/5/0 to 3", "link vif/5/0 to 3 appeared"}));
}

TEST_F(LinksOf5And3, ARecordedOneThatLeavesTheStoreIsGoneAfterAWhile) {
  monitor.record(kKey);
  make_back();
  make_front();
  work();
  host.remove(kFront);
  host.remove("/local/domain/3/backend/vif/5");
  work(1s);
  work(1s + kAbsence / 2);
  EXPECT_TRUE(monitor.asked().empty());
  work(1s + kAbsence);
  EXPECT_EQ(monitor.asked(), Words{"detach vif/5/0 of 3"});
}

TEST_F(LinksOf5And3, ARecordedOneThatIsMadeAnewAtOnceStays) {
  monitor.record(kKey);
  make_back();
  work();
  host.remove(kBack);
  work(1s);
  make_back();
  work(1s + kAbsence);
  work(1s + kAbsence * 2);
  EXPECT_TRUE(monitor.asked().empty());
}

// As it looks after a restart of xenstored, which forgets everything, while the domains' kernels go on.
TEST_F(LinksOf5And3, ARecordedOneStaysWhereTheWholeStoreIsEmpty) {
  monitor.record(kKey);
  for (const std::string& place : places_of(DomId(3))) links.changed(place, Clock::now());
  for (const std::string& place : places_of(DomId(5))) links.changed(place, Clock::now());
  work();
  work(kAbsence * 2);
  EXPECT_TRUE(monitor.asked().empty());
}

// A verdict comes before the nodes: absence without an event is no end.
TEST_F(LinksOf5And3, ARecordedOneWhoseNodesAreStillToComeStays) {
  monitor.record(kKey);
  work();
  work(kAbsence * 2);
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(LinksOf5And3, AGuestThatRewritesItsPointersWithoutEndIsRefusedOnceASecond) {
  monitor.deny("link");
  const auto begin = Clock::now();
  int rounds = 0;
  for (; rounds < 300; ++rounds) {
    host.write(kFront + "/backend", kBack);
    host.write(kFront + "/backend-id", "3");
    links.changed(kFront + "/backend", begin + rounds * 10ms);
    links.work(store, begin + rounds * 10ms);
    monitor.deliver();
    links.work(store, begin + rounds * 10ms);
  }
  EXPECT_LE(alarms.told().count, 4u) << "in three seconds";
  EXPECT_GE(alarms.told().count, 3u);
}

TEST_F(LinksOf5And3, AGuestWithAThousandPointersIsAskedAboutBitByBitAndHoldsNobodyUp) {
  monitor.deny("link");
  for (int device = 0; device < 1000; ++device) {
    host.write("/local/domain/5/device/vif/" + std::to_string(device) + "/backend-id", "3");
  }
  host.write("/local/domain/3/device/vif/0/backend-id", "0");
  const auto now = Clock::now();
  while (const auto event = *store.next_event()) links.changed(*event, now);
  for (int round = 0; round < 20; ++round) {
    links.work(store, now);
    monitor.deliver();
  }
  EXPECT_EQ(monitor.asked().size(), kQuestionsPerSecond + 1);
  EXPECT_EQ(std::ranges::count(monitor.asked(), "link vif/3/0 to 0 appeared"), 1);
}

TEST_F(LinksOf5And3, WithoutAVerdictThatIsRecordedNothingIsCutAndItIsAskedAgain) {
  monitor.fail(Decision::deny);
  make_front();
  work();
  EXPECT_EQ(host.value(kFront + "/backend"), kBack);
  monitor.recover();
  monitor.deny("link");
  work(2s);
  work(2s);
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
}

TEST_F(LinksOf5And3, InPermissiveModeARefusalIsToldAndTheLinkStays) {
  monitor.would_deny("link");
  make_back();
  make_front();
  work();
  EXPECT_EQ(host.value(kBack + "/state"), "4");
  EXPECT_TRUE(alarms.told().last.contains("would be refused")) << alarms.told().last;
}

TEST_F(LinksOf5And3, AtTheEndOfTheGuardACutIsFinished) {
  monitor.deny("link");
  make_back();
  make_front();
  work();
  links.finish(store);
  EXPECT_EQ(host.value(kBack + "/frontend"), "-");
  EXPECT_EQ(host.value(kFront + "/backend"), "-");
}

// A disk whose name nobody can read is not attached to anybody.
TEST_F(LinksOf5And3, ALinkToADiskWithoutAReadableNameIsRefused) {
  monitor.deny("malformed");
  host.write("/local/domain/3/backend/vbd/5/51712/params", "/images/../secret");
  host.write("/local/domain/3/backend/vbd/5/51712/frontend-id", "5");
  work();
  EXPECT_EQ(monitor.asked(), Words{"malformed /local/domain/3/backend/vbd/5/51712/params"});
}

}  // namespace
}  // namespace xenacm::guard
