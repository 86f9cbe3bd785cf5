// SPDX-License-Identifier: Apache-2.0
// Domains that end, and domains nobody asked for (acm.md 3.3; architecture, "guard")
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

TEST(Release, AStopIsTakenOnceForTheDomainThatIsMeant) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(StopDomain{.domid = DomId(1), .uuid = uuid_of(9)});
  EXPECT_EQ(host.running("A-Bank"), 1) << "an earlier domain of that id";
  host.stop(1);
  host.stop(1);
  EXPECT_EQ(host.running("A-Bank"), 0);
}

TEST(Release, Domain0DoesNotStop) {
  const Scene host = Scene::mytest();
  EXPECT_EQ(host.fault(StopDomain{.domid = kDomain0, .uuid = host.state().domain0().uuid}), "Domain-0 does not stop.");
}

TEST(Release, NobodyTakesDomain0sPlaceInPermissiveModeEither) {
  Scene host = Scene::mytest();
  host.apply(PutMode{"", Mode::permissive});
  EXPECT_EQ(host.fault(StartDomain{.domid = kDomain0, .uuid = uuid_of(9), .name = DomainName("a")}),
            "Domain-0 does not start.");
}

TEST(Adoption, Domain0IsNotAdopted) {
  const Scene host = Scene::mytest();
  EXPECT_EQ(host.fault(AdoptDomain{kDomain0, uuid_of(9), DomainName("Domain-0"), true}), "Domain-0 is not adopted.");
}

TEST(Adoption, ADomainThatRunsIsCountedUnderItsBinding) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  EXPECT_EQ(host.ask(AdoptDomain{DomId(4), uuid_of(4), DomainName("a")}).decision, Decision::allow);
  EXPECT_EQ(host.running("A-Bank"), 1);
  EXPECT_TRUE(host.state().running().at(DomId(4)).adopted);
}

TEST(Adoption, ADomainThatWouldHaveBeenRefusedIsCountedAndRecordedAsSuch) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  const Verdict verdict = host.ask(AdoptDomain{DomId(4), uuid_of(4), DomainName("stray")});
  EXPECT_EQ(verdict.decision, Decision::would_deny);
  EXPECT_EQ(rules(verdict), "chinese-wall");
  EXPECT_EQ(host.running("__UNLABELED__"), 1);
}

TEST(Adoption, ADomainThatAppearsIsToBeDestroyedWhereItIsRefusedAndCountsUntilThen) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  const Verdict verdict = host.ask(AdoptDomain{DomId(4), uuid_of(4), DomainName("stray"), true});
  EXPECT_EQ(verdict.decision, Decision::deny);
  EXPECT_EQ(rules(verdict), "chinese-wall");
  EXPECT_EQ(host.running("__UNLABELED__"), 1);
  host.stop(4);
  EXPECT_EQ(host.running("__UNLABELED__"), 0);
}

TEST(Adoption, ADomainThatAppearsMayStayWhereThePolicyAdmitsItOrTheModeIsPermissive) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  EXPECT_EQ(host.ask(AdoptDomain{DomId(4), uuid_of(4), DomainName("a"), true}).decision, Decision::allow);
  host.ask(SetMode{Mode::permissive, {}});
  EXPECT_EQ(host.ask(AdoptDomain{DomId(5), uuid_of(5), DomainName("stray"), true}).decision, Decision::would_deny);
}

TEST(Adoption, AnAdmittedDomainIsNotAdopted) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(AdoptDomain{DomId(1), uuid_of(1), DomainName("a")});
  EXPECT_FALSE(host.state().running().at(DomId(1)).adopted);
}

TEST(Adoption, IsNotGivenTheModeOfALabelThatOnlyHasTheSameName) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, "A-Bank"});
  host.apply(PutBinding{DomainName("a"), {{"mytest", "A-Bank", false}, {}}});
  EXPECT_EQ(host.ask(AdoptDomain{DomId(1), uuid_of(1), DomainName("a"), true}).decision, Decision::deny);
}

TEST(Adoption, IsNotRefusedForTheDomainThatHadItsIdBefore) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), {}, "B-Bank", {}});
  EXPECT_EQ(host.ask(AdoptDomain{DomId(1), uuid_of(2), DomainName("b"), true}).decision, Decision::allow);
}

TEST(Adoption, DoesNotGetADomainPastTheRulesOfNames) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  host.ask(LabelDomain{DomainName("b"), uuid_of(1), "AutoCorp", {}});
  const Verdict verdict = host.ask(AdoptDomain{DomId(1), uuid_of(1), DomainName("a"), true});
  EXPECT_EQ(verdict.decision, Decision::deny);
  EXPECT_EQ(rules(verdict), "integrity");
}

}  // namespace
}  // namespace xenacm::monitor
