// SPDX-License-Identifier: Apache-2.0
// May a domain start? (decisions.md 1, 2, 9, 10; acm.md 3.2)
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

// Domain-0 holds red and green, but not blue.
constexpr const char* kColours = R"(<?xml version="1.0"?>
<SecurityPolicyDefinition xmlns="http://www.ibm.com">
  <PolicyHeader><PolicyName>colours</PolicyName><Version>1.0</Version></PolicyHeader>
  <SimpleTypeEnforcement><SimpleTypeEnforcementTypes>
    <Type>red</Type><Type>green</Type><Type>blue</Type>
  </SimpleTypeEnforcementTypes></SimpleTypeEnforcement>
  <SecurityLabelTemplate>
    <SubjectLabels bootstrap="dom0">
      <VirtualMachineLabel><Name>dom0</Name>
        <SimpleTypeEnforcementTypes><Type>red</Type><Type>green</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
      <VirtualMachineLabel><Name>red</Name>
        <SimpleTypeEnforcementTypes><Type>red</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
      <VirtualMachineLabel><Name>blue</Name>
        <SimpleTypeEnforcementTypes><Type>blue</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
      <VirtualMachineLabel><Name>purple</Name>
        <SimpleTypeEnforcementTypes><Type>red</Type><Type>blue</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
      <VirtualMachineLabel><Name>yellow</Name>
        <SimpleTypeEnforcementTypes><Type>red</Type><Type>green</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
      <VirtualMachineLabel><Name>none</Name></VirtualMachineLabel>
    </SubjectLabels>
    <ObjectLabels>
      <ResourceLabel><Name>red</Name><SimpleTypeEnforcementTypes><Type>red</Type></SimpleTypeEnforcementTypes></ResourceLabel>
      <ResourceLabel><Name>green</Name><SimpleTypeEnforcementTypes><Type>green</Type></SimpleTypeEnforcementTypes></ResourceLabel>
    </ObjectLabels>
  </SecurityLabelTemplate>
</SecurityPolicyDefinition>)";

StartDomain with_disk(unsigned domid, const std::string& name, std::string_view disk) {
  return {.domid = DomId(static_cast<std::uint16_t>(domid)),
          .uuid = uuid_of(domid),
          .name = DomainName(name),
          .disks = {{resource(disk)}}};
}

TEST(Admission, AdmitsADomainWhoseTypesDomain0Holds) {
  Scene host = Scene::of(kColours);
  EXPECT_EQ(host.start(1, "r", "red").decision, Decision::allow);
  EXPECT_EQ(host.start(2, "y", "yellow").decision, Decision::allow);
  EXPECT_EQ(host.state().running().size(), 3u);
}

TEST(Admission, RefusesADomainWithATypeThatDomain0Lacks) {
  Scene host = Scene::of(kColours);
  const Verdict blue = host.start(1, "b", "blue");
  EXPECT_EQ(blue.decision, Decision::deny);
  EXPECT_EQ(rules(blue), "authorization");
  EXPECT_EQ(blue.reasons[0].message, "VM is not authorized to run.");
  EXPECT_EQ(blue.reasons[0].types, std::vector<std::string>{"blue"});
  // Sharing a type is not enough: every type must be Domain-0's.
  EXPECT_EQ(rules(host.start(2, "p", "purple")), "authorization");
  EXPECT_EQ(host.state().running().size(), 1u) << "a refusal leaves nothing behind";
}

TEST(Admission, RefusesADomainWithoutAnyType) {
  Scene host = Scene::of(kColours);
  EXPECT_EQ(rules(host.start(1, "n", "none")), "authorization");
}

TEST(Admission, RefusesAnUnlabelledDomainWhereThePolicyHasNoLabelForIt) {
  Scene host = Scene::of(kColours);
  const Verdict verdict = host.start(1, "stray");
  EXPECT_EQ(rules(verdict), "label");
  EXPECT_NE(verdict.reasons[0].remedy.find("labeltool addlabel"), std::string::npos);
}

TEST(Admission, TreatsAnUnlabelledDomainAsTheLabelUnlabeledWhereThePolicyHasIt) {
  Scene host = Scene::mytest();
  EXPECT_EQ(host.start(1, "stray").decision, Decision::allow);
  EXPECT_EQ(host.running("__UNLABELED__"), 1);
}

TEST(Admission, RefusesALabelOfAnotherPolicyAndAnInvalidatedOne) {
  Scene host = Scene::of(kColours);
  host.apply(PutBinding{DomainName("old"), {{"elsewhere", "red"}, {}}});
  host.apply(PutBinding{DomainName("inv"), {{"colours", "red", false}, {}}});
  EXPECT_EQ(rules(host.start(1, "old")), "label");
  const Verdict invalid = host.start(2, "inv");
  EXPECT_EQ(rules(invalid), "label");
  EXPECT_NE(invalid.reasons[0].message.find("INV_ACM"), std::string::npos);
}

TEST(Admission, NamesEveryReasonTheFirstOfTheOrderFirst) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), {}, "B-Bank", {}});
  host.ask(LabelResource{resource("file:/a.img"), "A-Bank", {}});
  EXPECT_EQ(rules(host.ask(with_disk(2, "b", "file:/a.img"))), "chinese-wall, resource");
}

TEST(Admission, GivesAResourceOnlyToADomainThatSharesItsType) {
  Scene host = Scene::of(kColours);
  host.ask(LabelResource{resource("phy:vg/red"), "red", {}});
  host.ask(LabelResource{resource("phy:vg/green"), "green", {}});
  host.ask(LabelDomain{DomainName("r"), {}, "red", {}});
  EXPECT_EQ(rules(host.ask(with_disk(1, "r", "phy:/dev/vg/green"))), "resource");
  EXPECT_EQ(host.ask(with_disk(1, "r", "phy:/dev/vg/red")).decision, Decision::allow);
}

TEST(Admission, DeniesWhatIsUnlabelledInaccessibleOrOfAnotherPolicy) {
  Scene host = Scene::of(kColours);
  host.ask(LabelDomain{DomainName("r"), {}, "red", {}});
  host.ask(LabelResource{resource("file:/locked"), "__INACCESSIBLE__", {}});
  host.apply(PutResource{name_of("file:/stale"), {{"elsewhere", "red"}, {}}});
  host.apply(PutResource{name_of("file:/invalid"), {{"colours", "red", false}, {}}});
  for (const char* disk : {"file:/none", "file:/locked", "file:/stale", "file:/invalid"}) {
    EXPECT_EQ(rules(host.ask(with_disk(1, "r", disk))), "resource") << disk;
  }
  const Verdict locked = host.ask(with_disk(1, "r", "file:/locked"));
  EXPECT_NE(locked.reasons.at(0).message.find("no domain may use it"), std::string::npos) << locked.reasons[0].message;
}

TEST(Admission, ConfinesAPciDeviceToTheDomainsThatShareItsType) {
  Scene host = Scene::of(kColours);
  host.ask(LabelResource{resource("pci:04:00.0"), "green", {}});
  host.ask(LabelDomain{DomainName("r"), {}, "red", {}});
  StartDomain start{
      .domid = DomId(1), .uuid = uuid_of(1), .name = DomainName("r"), .pci = {name_of("pci:0000:04:00.0")}};
  EXPECT_EQ(rules(host.ask(start)), "resource");
}

TEST(Admission, JudgesTheNetworkInterfacesOfTheConfiguration) {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.ask(LabelDomain{DomainName("c"), {}, "AutoCorp", {}});
  StartDomain start{
      .domid = DomId(2), .uuid = uuid_of(2), .name = DomainName("c"), .vifs = {{DomainName("nicdom"), ""}}};
  EXPECT_EQ(rules(host.ask(start)), "ste");
  start.vifs = {{DomainName("nobody"), ""}};
  EXPECT_EQ(rules(host.ask(start)), "label") << "a backend that does not run";
  start.vifs = {{DomainName("Domain-0"), "xenbr0"}};
  EXPECT_EQ(host.ask(start).decision, Decision::allow);
}

TEST(Admission, TakesAnIncomingMigrationForTheDomainThatItIs) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  EXPECT_EQ(host.start(1, "a--incoming").decision, Decision::allow);
  EXPECT_EQ(host.running("A-Bank"), 1);
}

TEST(Admission, RefusesADomainIdThatAnotherDomainHolds) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  StartDomain other{.domid = DomId(1), .uuid = uuid_of(9), .name = DomainName("auto")};
  host.ask(LabelDomain{DomainName("auto"), {}, "AutoCorp", {}});
  EXPECT_EQ(rules(host.ask(other)), "integrity");
  EXPECT_EQ(host.state().running().at(DomId(1)).name.get(), "a");
}

TEST(Admission, RefusesANameWhoseLabelIsBoundToAnotherUuid) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), uuid_of(7), "A-Bank", {}});
  EXPECT_EQ(rules(host.start(1, "a")), "integrity");
  EXPECT_EQ(host.start(7, "a").decision, Decision::allow);
}

TEST(Admission, RefusesADomainWhoseNameAndUuidBelongToDifferentLabels) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), uuid_of(7), "A-Bank", {}});
  host.ask(LabelDomain{DomainName("auto"), {}, "AutoCorp", {}});
  EXPECT_EQ(rules(host.start(7, "auto")), "integrity");
}

TEST(Admission, NoUserDomainMayCallItselfDomain0) {
  Scene host = Scene::mytest();
  EXPECT_EQ(rules(host.start(7, "Domain-0")), "integrity");
}

TEST(Admission, FindsTheLabelOfARenamedDomainByItsUuid) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), uuid_of(7), "A-Bank", {}});
  EXPECT_EQ(host.start(7, "renamed").decision, Decision::allow);
  EXPECT_EQ(host.running("A-Bank"), 1);
}

TEST(Admission, AskedAgainForARunningDomainChangesNothing) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_EQ(host.start(1, "a").decision, Decision::allow);
  EXPECT_EQ(host.running("A-Bank"), 1) << "counted once";
}

TEST(Admission, AskedAgainUnderAnotherNameReservesNothing) {
  Scene host = Scene::mytest();
  EXPECT_TRUE(host.start(1, "a", "A-Bank").changed);
  EXPECT_FALSE(host.start(1, "b").changed) << "or the domain would be given back where the write fails";
  EXPECT_EQ(host.state().find_running(DomId(1))->name, DomainName("b"));
}

TEST(Admission, PermissiveModeRecordsWhatItWouldRefuseAndCountsTheDomain) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, {}});
  host.start(1, "a", "A-Bank");
  const Verdict verdict = host.start(2, "b", "B-Bank");
  EXPECT_EQ(verdict.decision, Decision::would_deny);
  EXPECT_TRUE(verdict.allowed());
  EXPECT_EQ(rules(verdict), "chinese-wall");
  EXPECT_EQ(host.running("B-Bank"), 1);
}

TEST(Admission, AModeOfItsOwnRulesOneLabelAlone) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, "B-Bank"});
  host.start(1, "a", "A-Bank");
  EXPECT_EQ(host.start(2, "b", "B-Bank").decision, Decision::would_deny);
  EXPECT_EQ(host.start(3, "u").decision, Decision::deny);
}

TEST(Admission, AForeignLabelDoesNotBorrowTheModeOfItsNamesake) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, "A-Bank"});
  host.apply(PutBinding{DomainName("old"), {{"mytest", "A-Bank", false}, {}}});
  EXPECT_EQ(host.start(1, "old").decision, Decision::deny);
}

TEST(Admission, UnderTheDefaultPolicyNoUserDomainStarts) {
  Scene host = Scene::of(std::string(policy::default_document()));
  EXPECT_EQ(host.start(1, "any").decision, Decision::deny);
}

}  // namespace
}  // namespace xenacm::monitor
