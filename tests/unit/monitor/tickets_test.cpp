// SPDX-License-Identifier: Apache-2.0
// A domain that is about to start holds its types: two that may not run together are not both told that they may.
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

// d1 is A-Bank's, d2 its competitor B-Bank's, d3 AutoCorp's.
Scene labelled() {
  Scene scene = Scene::mytest();
  scene.ask(LabelDomain{DomainName("d1"), {}, "A-Bank", {}});
  scene.ask(LabelDomain{DomainName("d2"), {}, "B-Bank", {}});
  scene.ask(LabelDomain{DomainName("d3"), {}, "AutoCorp", {}});
  return scene;
}

ReserveStart reserve(const std::string& ticket, const std::string& name, const Uuid& uuid = nil_uuid()) {
  return {ticket, {.uuid = uuid, .name = DomainName(name)}};
}

TEST(Tickets, OneOfTwoCompetitorsGetsOneAndTheOtherIsToldWhoIsAboutToStart) {
  Scene scene = labelled();
  EXPECT_TRUE(scene.ask(reserve("t1", "d1")).allowed());
  EXPECT_EQ(scene.running("A-Bank"), 1);
  const Verdict refused = scene.ask(reserve("t2", "d2"));
  ASSERT_EQ(rules(refused), "chinese-wall");
  ASSERT_EQ(refused.reasons[0].holders.size(), 1u);
  EXPECT_EQ(refused.reasons[0].holders[0].domains, std::vector<std::string>{"d1 (A-Bank, about to start)"});
  EXPECT_EQ(refused.reasons[0].remedy, "stop d1, or start d2 on another host");
  EXPECT_EQ(scene.running("B-Bank"), 0);
  EXPECT_TRUE(scene.ask(reserve("t3", "d3")).allowed()) << "competes with nobody";
}

TEST(Tickets, ACompetitorThatDidNotAskIsRefusedAtItsStart) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  EXPECT_EQ(rules(scene.start(2, "d2")), "chinese-wall");
  EXPECT_TRUE(scene.start(1, "d1").allowed());
}

TEST(Tickets, AreUsedUpByTheStart) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  scene.start(1, "d1");
  EXPECT_TRUE(scene.state().tickets().empty());
  EXPECT_EQ(scene.running("A-Bank"), 1);
  EXPECT_TRUE(scene.ask(LapseTicket{"t1"}).allowed()) << "nothing is left to lapse";
  EXPECT_EQ(scene.running("A-Bank"), 1);
  scene.stop(1);
  EXPECT_EQ(scene.running("A-Bank"), 0);
  EXPECT_EQ(scene.aggregate("B-Bank"), 0);
}

TEST(Tickets, GiveTheirTypesBackWhenTheyLapse) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  EXPECT_EQ(scene.aggregate("B-Bank"), 1);
  EXPECT_TRUE(scene.ask(LapseTicket{"t1"}).changed);
  EXPECT_EQ(scene.running("A-Bank"), 0);
  EXPECT_EQ(scene.aggregate("B-Bank"), 0);
  EXPECT_TRUE(scene.ask(reserve("t2", "d2")).allowed());
  EXPECT_FALSE(scene.ask(LapseTicket{"t1"}).changed) << "and once is enough";
}

TEST(Tickets, ALaterOneForTheSameDomainTakesThePlace) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  EXPECT_TRUE(scene.ask(reserve("t2", "d1")).allowed());
  EXPECT_EQ(scene.running("A-Bank"), 1);
  scene.ask(LapseTicket{"t1"});
  EXPECT_EQ(scene.running("A-Bank"), 1) << "the first has no say any more";
  scene.ask(LapseTicket{"t2"});
  EXPECT_EQ(scene.running("A-Bank"), 0);
}

TEST(Tickets, TheSameIdTwiceIsAFault) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  EXPECT_EQ(scene.fault(reserve("t1", "d3")), "There is a ticket 't1' already.");
}

struct Pair {
  const char* what;
  const char* name;  // of the start; the ticket is for d1
  Uuid ticket;
  Uuid start;
  bool used_up;
};

TEST(Tickets, BelongToTheDomainWithTheUuidOrWhereOneIsMissingWithTheName) {
  const std::vector<Pair> pairs{
      {"the same uuid", "d1", uuid_of(1), uuid_of(1), true},
      {"the same uuid under another name", "d1-renamed", uuid_of(1), uuid_of(1), true},
      {"another uuid", "d1", uuid_of(2), uuid_of(1), false},
      {"no uuid was told", "d1", nil_uuid(), uuid_of(1), true},
      {"no uuid was told, and another name", "d3", nil_uuid(), uuid_of(1), false},
      {"an incoming migration", "d1--incoming", nil_uuid(), uuid_of(1), true},
  };
  for (const Pair& pair : pairs) {
    Scene scene = labelled();
    scene.ask(LabelDomain{DomainName("d1-renamed"), {}, "A-Bank", {}});
    scene.ask(reserve("t", "d1", pair.ticket));
    const Verdict started =
        scene.ask(StartDomain{.domid = DomId(1), .uuid = pair.start, .name = DomainName(pair.name)});
    EXPECT_TRUE(started.allowed()) << pair.what;
    EXPECT_EQ(scene.state().tickets().empty(), pair.used_up) << pair.what;
  }
}

TEST(Tickets, DoNotStandInTheWayOfADomainThatWasLabelledAnewSince) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  scene.ask(UnlabelDomain{DomainName("d1")});
  scene.ask(LabelDomain{DomainName("d1"), {}, "B-Bank", {}});
  EXPECT_TRUE(scene.ask(reserve("t2", "d1")).allowed());
  EXPECT_EQ(scene.running("A-Bank"), 0);
  EXPECT_EQ(scene.running("B-Bank"), 1);
  EXPECT_TRUE(scene.start(1, "d1").allowed());
  EXPECT_EQ(scene.running("B-Bank"), 1);
}

TEST(Tickets, AreUsedUpByADomainThatCameRoundTheGate) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  scene.ask(AdoptDomain{.domid = DomId(1), .uuid = uuid_of(1), .name = DomainName("d1")});
  EXPECT_TRUE(scene.state().tickets().empty());
  EXPECT_EQ(scene.running("A-Bank"), 1);
}

TEST(Tickets, HoldNothingAfterADenialAndEverythingInPermissiveMode) {
  Scene scene = labelled();
  scene.start(1, "d1");
  EXPECT_FALSE(scene.ask(reserve("t2", "d2")).allowed());
  EXPECT_TRUE(scene.state().tickets().empty());
  scene.apply(PutMode{"", Mode::permissive});
  const Verdict verdict = scene.ask(reserve("t2", "d2"));
  EXPECT_EQ(verdict.decision, Decision::would_deny);
  EXPECT_EQ(scene.running("B-Bank"), 1) << "counted as the start will be";
}

// Whoever waits under one is judged again when it starts.
TEST(Tickets, EndWithThePolicyAndTheLabelOfDomain0ThatTheyWereGivenUnder) {
  Scene scene = labelled();
  scene.ask(reserve("t1", "d1"));
  EXPECT_TRUE(scene.ask(LabelDomain{DomainName("Domain-0"), {}, "B-Bank", {}}).allowed());
  EXPECT_EQ(scene.running("A-Bank"), 0);
  EXPECT_EQ(scene.running("B-Bank"), 1) << "Domain-0's";
  scene.ask(LabelDomain{DomainName("Domain-0"), {}, "SystemManagement", {}});
  scene.ask(reserve("t1", "d1"));
  EXPECT_TRUE(scene.ask(ResetPolicy{}).allowed());
  EXPECT_TRUE(scene.state().tickets().empty());
}

TEST(Tickets, AreJudgedWithTheDevicesOfTheConfiguration) {
  Scene scene = labelled();
  ReserveStart asked = reserve("t1", "d1");
  asked.start.pci.push_back(name_of("pci:0000:04:00.0"));
  scene.ask(LabelResource{resource("pci:0000:04:00.0"), "B-Bank", {}});
  const Verdict verdict = scene.ask(asked);
  ASSERT_EQ(rules(verdict), "resource");
  EXPECT_EQ(verdict.reasons[0].device, "pci 0");
  EXPECT_EQ(scene.running("A-Bank"), 0);
}

}  // namespace
}  // namespace xenacm::monitor
