// SPDX-License-Identifier: Apache-2.0
// Introductions and renames: is it the domain it says it is?
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

TEST(Introduction, IsForADomainThatWasAdmitted) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_EQ(host.ask(IntroduceDomain{DomId(1)}).decision, Decision::allow);
  const Verdict verdict = host.ask(IntroduceDomain{DomId(2)});
  EXPECT_EQ(verdict.decision, Decision::deny);
  ASSERT_EQ(rules(verdict), "integrity");
  EXPECT_EQ(verdict.reasons[0].message, "domain 2 was never admitted");
}

TEST(Introduction, IsLetThroughInPermissiveMode) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, {}});
  EXPECT_EQ(host.ask(IntroduceDomain{DomId(2)}).decision, Decision::would_deny);
}

TEST(Rename, KeepsTheLabelThatTheDomainStartedWith) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_EQ(host.ask(RenameDomain{DomId(1), DomainName("b")}).decision, Decision::allow);
  EXPECT_EQ(host.state().running().at(DomId(1)).name.get(), "b");
  EXPECT_EQ(host.state().running().at(DomId(1)).label.label, "A-Bank");
  EXPECT_EQ(host.running("A-Bank"), 1);
}

TEST(Rename, OfAnIncomingMigrationToItsOwnNameIsAllowed) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  host.start(1, "a--incoming");
  EXPECT_EQ(host.ask(RenameDomain{DomId(1), DomainName("a")}).decision, Decision::allow);
}

TEST(Rename, ToANameWithAnotherLabelIsRefused) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), {}, "AutoCorp", {}});
  const Verdict verdict = host.ask(RenameDomain{DomId(1), DomainName("b")});
  ASSERT_EQ(rules(verdict), "integrity");
  EXPECT_EQ(verdict.reasons[0].message,
            "the name 'b' is labeled 'ACM:mytest:AutoCorp', but domain 'a' runs as 'ACM:mytest:A-Bank'");
  EXPECT_EQ(host.state().running().at(DomId(1)).name.get(), "a");
}

TEST(Rename, ToANameThatIsBoundToAnotherUuidIsRefused) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), uuid_of(7), "A-Bank", {}});
  EXPECT_EQ(rules(host.ask(RenameDomain{DomId(1), DomainName("b")})), "integrity");
}

TEST(Rename, ToTheNameOfARunningDomainOrOfDomain0IsRefused) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.start(2, "b", "A-Bank");
  EXPECT_EQ(rules(host.ask(RenameDomain{DomId(1), DomainName("b")})), "integrity");
  EXPECT_NE(rules(host.ask(RenameDomain{DomId(1), DomainName("Domain-0")})), "");
}

TEST(Rename, BesideTheDomainsOwnUuidIsJudgedToo) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), {}, "AutoCorp", {}});
  EXPECT_EQ(rules(host.start(1, "b")), "integrity");
  EXPECT_EQ(host.start(1, "a").decision, Decision::allow);
}

TEST(Rename, OfADomainNobodyKnowsSaysNothing) {
  Scene host = Scene::mytest();
  EXPECT_EQ(host.ask(RenameDomain{DomId(5), DomainName("b")}).decision, Decision::allow);
  EXPECT_EQ(host.state().find_running(DomId(5)), nullptr);
}

// Its networks carry their labels under this name: under another no label would have been found for them.
TEST(Rename, DoesNotTakeItsNameFromDomain0) {
  for (const Mode mode : {Mode::enforcing, Mode::permissive}) {
    Scene host = Scene::mytest();
    host.ask(SetMode{mode, {}});
    EXPECT_EQ(rules(host.ask(RenameDomain{kDomain0, DomainName("mgmt")})), "integrity");
    EXPECT_EQ(host.state().domain0().name.get(), "Domain-0");
  }
}

}  // namespace
}  // namespace xenacm::monitor
