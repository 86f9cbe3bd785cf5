// SPDX-License-Identifier: Apache-2.0
// May two domains be linked? (decisions.md, "Links between domains")
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

Scene host_with_driver_domain() {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.start(2, "client1", "A-Bank");
  host.start(3, "client2", "AutoCorp");
  return host;
}

TEST(Links, JoinTwoDomainsThatShareAType) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(host.attach(2, 1).decision, Decision::allow);
  EXPECT_TRUE(host.state().links().contains(vif(2, 1)));
}

TEST(Links, AreRefusedBetweenDomainsThatShareNone) {
  Scene host = host_with_driver_domain();
  const Verdict verdict = host.attach(3, 1);
  EXPECT_EQ(verdict.decision, Decision::deny);
  ASSERT_EQ(rules(verdict), "ste");
  EXPECT_EQ(verdict.reasons[0].subject.label, "AutoCorp");
  EXPECT_EQ(verdict.reasons[0].object.label, "A-Bank");
  EXPECT_EQ(verdict.reasons[0].object.types, std::vector<std::string>{"A-Bank"});
  EXPECT_GT(verdict.reasons[0].subject.line, 0u);
  EXPECT_TRUE(host.state().links().empty());
}

TEST(Links, AreSymmetric) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(rules(host.attach(1, 3)), "ste");
}

TEST(Links, OfDomain0AsFrontendFollowTheSameRule) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(host.attach(0, 1).decision, Decision::allow) << "Domain-0 of mytest holds every type";
}

TEST(Links, WithADomainThatWasNeverAdmittedAreRefused) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(rules(host.attach(9, 1)), "integrity");
  EXPECT_EQ(rules(host.attach(2, 9)), "integrity");
}

TEST(Links, ThatWereAdmittedReconnectButNotToAnotherBackend) {
  Scene host = host_with_driver_domain();
  host.attach(2, 1);
  EXPECT_EQ(host.attach(2, 1).decision, Decision::allow);
  EXPECT_EQ(rules(host.attach(2, 3)), "ste");
}

TEST(Links, ThatAppearAreJudgedLikeAnyOther) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(host.ask(AdoptLink{{vif(2, 1), {}, {}}, true}).decision, Decision::allow);
  EXPECT_TRUE(host.state().links().contains(vif(2, 1)));
  EXPECT_EQ(host.ask(AdoptLink{{vif(3, 1), {}, {}}, true}).decision, Decision::deny);
  EXPECT_FALSE(host.state().links().contains(vif(3, 1)));
}

TEST(Links, ThatPredateTheMonitorAreRecordedForWhatTheyAre) {
  Scene host = host_with_driver_domain();
  const Verdict verdict = host.ask(AdoptLink{{vif(3, 1), {}, {}}, false});
  EXPECT_EQ(verdict.decision, Decision::would_deny);
  EXPECT_EQ(rules(verdict), "ste");
  EXPECT_TRUE(host.state().links().contains(vif(3, 1)));
}

TEST(Links, ThatPredateTheMonitorAreJudgedUnderTheModeOfTheirFrontendsLabel) {
  Scene host = host_with_driver_domain();
  host.ask(SetMode{Mode::permissive, "AutoCorp"});
  EXPECT_EQ(host.ask(AdoptLink{{vif(3, 1), {}, {}}, false}).mode, Mode::permissive);
  EXPECT_EQ(host.ask(AdoptLink{{vif(2, 1), {}, {}}, false}).mode, Mode::enforcing);
}

TEST(Links, MadeAnewAreNotJudgedByWhatTheyWereBefore) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("bridge:banks@nicdom"), "A-Bank", {}});
  host.attach(2, 1, "banks");
  host.ask(AttachLink{.key = vif(2, 1), .network = {}, .resources = {}});
  EXPECT_EQ(host.state().links().at(vif(2, 1)).network.bridge, "banks") << "a pointer alone says nothing of it";
  EXPECT_EQ(rules(host.ask(AttachLink{.key = vif(2, 1), .network = {}, .resources = {}, .anew = true})), "resource")
      << "one of the labelled networks of nicdom, and nobody says which";
}

TEST(Links, OfPciGatherTheirDevices) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("pci:0000:04:00.0"), "A-Bank", {}});
  host.ask(LabelResource{resource("pci:0000:04:00.1"), "A-Bank", {}});
  host.ask(LabelResource{resource("pci:0000:04:00.2"), "AutoCorp", {}});
  const LinkKey key{"pci", DomId(1), kDomain0, 0};
  EXPECT_EQ(host.ask(AttachLink{key, {}, {resource("pci:0000:04:00.0")}}).decision, Decision::allow);
  EXPECT_EQ(host.ask(AttachLink{key, {}, {resource("pci:0000:04:00.1")}}).decision, Decision::allow);
  EXPECT_EQ(host.state().links().at(key).resources.size(), 2u);
  EXPECT_EQ(rules(host.ask(AttachLink{key, {}, {resource("pci:0000:04:00.2")}})), "resource");
}

TEST(Links, OfPciMayNumberTheirDevicesAnew) {
  Scene host = host_with_driver_domain();
  const LinkKey key{"pci", DomId(1), kDomain0, 0};
  host.ask(SetMode{Mode::permissive, {}});
  host.ask(LabelResource{resource("pci:0000:04:00.0"), "AutoCorp", {}});
  host.ask(LabelResource{resource("pci:0000:04:00.1"), "AutoCorp", {}});
  host.ask(AttachLink{key, {}, {resource("pci:0000:04:00.0"), resource("pci:0000:04:00.1")}});
  host.ask(SetMode{Mode::enforcing, {}});
  EXPECT_EQ(host.ask(AttachLink{key, {}, {resource("pci:0000:04:00.1")}}).decision, Decision::allow)
      << "a detach is not refused for what the domain has";
  host.ask(DetachBelow{kDomain0, "pci", {}});
  EXPECT_TRUE(host.state().links().contains(key)) << "it may have no directory";
}

TEST(Links, EndTogetherWithTheDirectoryThatTheyAreIn) {
  Scene host = host_with_driver_domain();
  host.start(4, "client3", "A-Bank");
  host.attach(2, 1);
  host.attach(4, 1);
  host.ask(AttachLink{{"vtpm", DomId(2), DomId(1), 0}, {}, {}});
  host.ask(DetachBelow{DomId(1), "vif", DomId(2)});
  EXPECT_FALSE(host.state().links().contains(vif(2, 1)));
  EXPECT_EQ(host.state().links().size(), 2u);
  host.ask(DetachBelow{DomId(1), "vif", {}});
  EXPECT_EQ(host.state().links().size(), 1u);
  host.ask(DetachBelow{DomId(2), {}, {}});
  EXPECT_EQ(host.state().links().size(), 1u) << "another backend's";
  host.ask(DetachBelow{DomId(1), {}, {}});
  EXPECT_TRUE(host.state().links().empty());
}

TEST(Links, AnAdmittedLinkIsJudgedAnewForAnotherBridge) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("bridge:auto@nicdom"), "AutoCorp", {}});
  host.attach(2, 1, "xenbr0");
  EXPECT_EQ(rules(host.attach(2, 1, "auto")), "resource");
}

TEST(Links, ALabelledBridgeMustShareATypeWithTheFrontendToo) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("bridge:auto@nicdom"), "AutoCorp", {}});
  host.ask(LabelResource{resource("bridge:bank@nicdom"), "A-Bank", {}});
  EXPECT_EQ(rules(host.attach(2, 1, "auto")), "resource");
  EXPECT_EQ(host.attach(2, 1, "bank").decision, Decision::allow);
}

TEST(Links, TheBridgesOfADriverDomainThatMigratesInAreThoseOfItsOwnName) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("nicdom"), {}, "A-Bank", {}});
  host.start(1, "nicdom--incoming");
  host.start(2, "client1", "A-Bank");
  host.ask(LabelResource{resource("bridge:auto@nicdom"), "AutoCorp", {}});
  EXPECT_EQ(rules(host.attach(2, 1, "auto")), "resource");
}

TEST(Links, MustNameTheirBridgeWhereTheBackendsBridgesAreLabelled) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("bridge:auto@nicdom"), "AutoCorp", {}});
  EXPECT_EQ(rules(host.attach(2, 1)), "resource") << "which bridge the hotplug script takes cannot be known";
}

TEST(Links, ABridgeOfDomain0IsNotTheDriverDomainsBridgeOfThatName) {
  Scene host = host_with_driver_domain();
  host.ask(LabelResource{resource("bridge:xenbr0"), "AutoCorp", {}});
  EXPECT_EQ(host.attach(2, 1, "xenbr0").decision, Decision::allow);
  EXPECT_EQ(rules(host.attach(2, 0, "xenbr0")), "resource");
}

// decisions.md: "A vif backed by Domain-0 of a domain whose label has more than one STE type needs such a label".
TEST(Links, ToDomain0OfADomainWithSeveralTypesNeedALabelledBridge) {
  Scene host = Scene::of(example_policy("example/test-security_policy.xml"));
  host.start(1, "vio", "VIO");
  host.start(2, "cola", "CocaCola");
  EXPECT_EQ(rules(host.attach(1, 0, "xenbr0")), "resource");
  EXPECT_EQ(rules(host.attach(1, 0)), "resource");
  EXPECT_EQ(host.attach(2, 0, "xenbr0").decision, Decision::allow) << "one type: the network's is no question";
  host.ask(DetachLink{vif(2, 0)});  // a bridge in use is not labelled
  host.ask(LabelResource{resource("bridge:xenbr0"), "PepsiCo", {}});
  EXPECT_EQ(host.attach(1, 0, "xenbr0").decision, Decision::allow);
}

TEST(Links, ABridgeNameThatNoBridgeCanHaveIsRefused) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(rules(host.attach(2, 1, "a/b")), "resource");
}

TEST(Links, ThatPermissiveModeLetThroughAreJudgedAnewOnceEnforcingIsOn) {
  Scene host = host_with_driver_domain();
  host.ask(SetMode{Mode::permissive, {}});
  host.attach(3, 1);
  host.ask(SetMode{Mode::enforcing, {}});
  EXPECT_EQ(rules(host.attach(3, 1)), "ste");
}

TEST(Links, ThatAreRecordedReserveNothingWhenTheyReconnect) {
  Scene host = host_with_driver_domain();
  EXPECT_TRUE(host.attach(2, 1).changed);
  EXPECT_FALSE(host.attach(2, 1).changed);
}

TEST(Links, WithAnUnknownEndLeaveNoRecordBehind) {
  Scene host = host_with_driver_domain();
  host.ask(SetMode{Mode::permissive, {}});
  EXPECT_EQ(host.attach(9, 1).decision, Decision::would_deny);
  EXPECT_TRUE(host.state().links().empty());
}

TEST(Links, APointerThatIsWrittenAgainLeavesTheBridgeOnRecord) {
  Scene host = host_with_driver_domain();
  host.attach(2, 1, "xenbr0");
  host.attach(2, 1);
  EXPECT_EQ(host.state().links().at(vif(2, 1)).network.bridge, "xenbr0");
}

TEST(Links, PermissiveModeLetsThemThroughAndRecordsThem) {
  Scene host = host_with_driver_domain();
  host.ask(SetMode{Mode::permissive, "AutoCorp"});
  EXPECT_EQ(host.attach(3, 1).decision, Decision::would_deny);
  EXPECT_TRUE(host.state().links().contains(vif(3, 1)));
}

TEST(Links, GoWithEitherOfTheirDomains) {
  Scene host = host_with_driver_domain();
  host.attach(2, 1);
  host.stop(1);
  EXPECT_TRUE(host.state().links().empty());
}

TEST(Links, DetachingIsAlwaysAllowed) {
  Scene host = host_with_driver_domain();
  host.attach(2, 1);
  EXPECT_EQ(host.ask(DetachLink{vif(2, 1)}).decision, Decision::allow);
  EXPECT_TRUE(host.state().links().empty());
  EXPECT_EQ(host.ask(DetachLink{vif(2, 1)}).decision, Decision::allow) << "and once more";
}

TEST(Links, AWriteThatCannotBeUnderstoodIsRefused) {
  Scene host = host_with_driver_domain();
  EXPECT_EQ(rules(host.ask(MalformedWrite{"/local/domain/1/backend/vif/2/0/frontend-id", "'x' is no domain id"})),
            "integrity");
}

}  // namespace
}  // namespace xenacm::monitor
