// SPDX-License-Identifier: Apache-2.0
// Disks, vifs and PCI devices in links and configurations (decisions.md, "Links between domains")
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

LinkKey vbd(unsigned frontend, unsigned backend) {
  return {"vbd", DomId(static_cast<std::uint16_t>(frontend)), DomId(static_cast<std::uint16_t>(backend)), 51712};
}

Scene two_banks() {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.start(2, "client1", "A-Bank");
  host.start(3, "client2", "AutoCorp");
  host.ask(LabelResource{resource("phy:/dev/vg/a"), "A-Bank", {}});
  host.ask(LabelResource{resource("phy@nicdom:/dev/vg/a"), "AutoCorp", {}});
  return host;
}

TEST(Disks, AreAttachedWhereTheirLabelSharesATypeWithTheFrontend) {
  Scene host = two_banks();
  EXPECT_EQ(host.ask(AttachLink{vbd(2, 0), {}, {resource("phy:vg/a")}}).decision, Decision::allow);
  EXPECT_EQ(rules(host.ask(AttachLink{vbd(3, 0), {}, {resource("phy:vg/a")}})), "resource");
  EXPECT_EQ(rules(host.ask(AttachLink{vbd(2, 0), {}, {resource("phy:vg/unlabelled")}})), "resource");
}

TEST(Disks, OfADriverDomainAreNotDomain0sOfThatName) {
  Scene host = two_banks();
  EXPECT_EQ(rules(host.ask(AttachLink{vbd(2, 1), {}, {resource("phy:vg/a")}})), "resource")
      << "phy@nicdom:/dev/vg/a is AutoCorp's";
  host.ask(UnlabelResource{resource("phy@nicdom:/dev/vg/a")});
  host.ask(LabelResource{resource("phy@nicdom:/dev/vg/a"), "A-Bank", {}});
  EXPECT_EQ(host.ask(AttachLink{vbd(2, 1), {}, {resource("phy:vg/a")}}).decision, Decision::allow);
}

TEST(Disks, InUseKeepTheirLabel) {
  Scene host = two_banks();
  host.ask(AttachLink{vbd(2, 0), {}, {resource("phy:vg/a")}});
  EXPECT_NE(host.fault(UnlabelResource{resource("phy:/dev/vg/a")}).find("in use"), std::string::npos);
  host.ask(DetachLink{vbd(2, 0)});
  host.ask(UnlabelResource{resource("phy:/dev/vg/a")});
}

TEST(PciDevices, InUseKeepTheirLabel) {
  Scene host = two_banks();
  const LinkKey pci{"pci", DomId(2), kDomain0, 0};
  host.ask(LabelResource{resource("pci:0000:04:00.0"), "A-Bank", {}});
  host.ask(AttachLink{pci, {}, {resource("pci:0000:04:00.0")}});
  EXPECT_NE(host.fault(UnlabelResource{resource("pci:04:00.0")}).find("in use"), std::string::npos);
  host.ask(DetachLink{pci});
  host.ask(UnlabelResource{resource("pci:04:00.0")});
}

// They stand in no backend directory.
TEST(LinksOfNoDevice, OutliveTheBackendDirectoriesOfTheirDomain) {
  Scene host = two_banks();
  const LinkKey target{std::string(kTargetClass), DomId(2), DomId(1), 0};
  const LinkKey node{std::string(kNodeClass), DomId(2), DomId(1), 0};
  for (const LinkKey& link : {target, node, LinkKey{"vtpm", DomId(2), DomId(1), 0}}) host.ask(AttachLink{link, {}, {}});
  host.ask(DetachBelow{DomId(1), {}, {}});
  EXPECT_EQ(host.state().links().size(), 2u);
  EXPECT_TRUE(host.state().links().contains(target) && host.state().links().contains(node));
}

TEST(Disks, InUseUnderAnotherNameKeepTheirLabelToo) {
  Scene host = Scene::mytest();
  const Identity thing{"device dm-uuid-LVM-1", "", ""};
  host.ask(LabelResource{{name_of("phy:/dev/vg/a"), thing, {}}, "A-Bank", {}});
  host.start(2, "client1", "A-Bank");
  host.ask(AttachLink{vbd(2, 0), {}, {{name_of("phy:/dev/mapper/vg-a"), thing, {}}}});
  EXPECT_NE(host.fault(UnlabelResource{{name_of("phy:/dev/vg/a"), thing, {}}}).find("in use"), std::string::npos);
}

// A start takes the names for one thing, so does the question whether it is in use.
TEST(Disks, InUseUnderAnotherDriversPrefixKeepTheirLackOfALabel) {
  Scene host = Scene::mytest();
  host.start(2, "stray");
  host.ask(AttachLink{vbd(2, 0), {}, {resource("tap:aio:/vm/p.img")}});
  EXPECT_NE(host.fault(LabelResource{resource("file:/vm/p.img"), "AutoCorp", {}}).find("in use"), std::string::npos);
}

TEST(Disks, OfADriverDomainAreOneThingUnderEitherPrefix) {
  Scene host = two_banks();
  EXPECT_EQ(rules(host.ask(AttachLink{vbd(2, 1), {}, {resource("file:/dev/vg/a")}})), "resource");
}

TEST(Disks, AnotherMediumOfADriveIsJudged) {
  Scene host = two_banks();
  host.ask(AttachLink{vbd(2, 0), {}, {}});  // an empty drive
  EXPECT_EQ(rules(host.ask(AttachLink{vbd(2, 0), {}, {resource("file:/b.iso")}})), "resource");
  EXPECT_EQ(host.ask(AttachLink{vbd(2, 0), {}, {resource("phy:vg/a")}}).decision, Decision::allow);
  EXPECT_EQ(host.state().links().at(vbd(2, 0)).resources, std::vector{resource("phy:/dev/vg/a")});
}

TEST(Disks, AreAskedAboutByTheirPointersAloneAsTheyWereMade) {
  Scene host = two_banks();
  host.ask(AttachLink{vbd(2, 0), {}, {resource("phy:vg/a")}});
  EXPECT_EQ(host.ask(AttachLink{vbd(2, 0), {}, {}}).decision, Decision::allow);
  EXPECT_EQ(host.state().links().at(vbd(2, 0)).resources.size(), 1u);
}

TEST(Disks, WithAClassOfLinkThatNamesNoneFollowTheRuleOfTheLabels) {
  Scene host = two_banks();
  EXPECT_EQ(host.ask(AttachLink{{"9pfs", DomId(2), DomId(1), 0}, {}, {}}).decision, Decision::allow);
  EXPECT_EQ(rules(host.ask(AttachLink{{"9pfs", DomId(3), DomId(1), 0}, {}, {}})), "ste");
}

// Under example.test the label VIO has two types.
Scene vio_server() {
  Scene host = Scene::of(example_policy("example/test-security_policy.xml"));
  host.ask(LabelDomain{DomainName("vio"), {}, "VIO", {}});
  return host;
}

TEST(VifLabels, TellTheNetworkOfADomainWithSeveralTypes) {
  Scene host = vio_server();
  host.ask(LabelVif{{DomainName("vio"), 0}, "PepsiCo", {}});
  host.start(1, "vio");
  EXPECT_EQ(host.attach(1, 0, "xenbr0").decision, Decision::allow);
  EXPECT_EQ(rules(host.ask(AttachLink{vif(1, 0, 1), {"xenbr0", ""}, {}})), "resource") << "vif 1 has no label";
}

TEST(VifLabels, MustShareATypeWithTheFrontendWhoeverTheBackendIs) {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.ask(LabelDomain{DomainName("client1"), {}, "A-Bank", {}});
  host.ask(LabelVif{{DomainName("client1"), 0}, "B-Bank", {}});
  host.start(2, "client1");
  EXPECT_EQ(rules(host.attach(2, 1)), "resource");
  EXPECT_EQ(rules(host.attach(2, 0, "xenbr0")), "resource");
}

TEST(VifLabels, AreGivenOnceToADomainThatDoesNotRun) {
  Scene host = vio_server();
  const VifName vif0{DomainName("vio"), 0};
  EXPECT_NE(host.fault(LabelVif{vif0, "Fanta", {}}).find("Label 'Fanta' not found."), std::string::npos);
  host.ask(LabelVif{vif0, "PepsiCo", {}});
  EXPECT_NE(host.fault(LabelVif{vif0, "CocaCola", {}}).find("already labeled"), std::string::npos);
  host.start(1, "vio");
  EXPECT_NE(host.fault(UnlabelVif{vif0}).find("running"), std::string::npos);
  EXPECT_NE(host.fault(LabelVif{{DomainName("vio"), 1}, "CocaCola", {}}).find("running"), std::string::npos);
  host.stop(1);
  host.ask(UnlabelVif{vif0});
  EXPECT_EQ(host.fault(UnlabelVif{vif0}), "VIF is not labeled.");
}

TEST(VifLabels, OfADomainThatMigratesInAreThoseOfItsOwnName) {
  Scene host = vio_server();
  host.ask(LabelVif{{DomainName("vio"), 0}, "PepsiCo", {}});
  host.start(1, "vio--incoming");
  EXPECT_EQ(host.attach(1, 0, "xenbr0").decision, Decision::allow);
}

// vif-bridge takes the first bridge there is.
TEST(Bridges, MustBeNamedWhereDomain0sAreLabelled) {
  Scene host = Scene::mytest();
  host.start(1, "cars", "AutoCorp");
  EXPECT_EQ(host.attach(1, 0).decision, Decision::allow);
  host.ask(DetachLink{vif(1, 0)});
  host.ask(LabelResource{resource("bridge:xenbr0"), "A-Bank", {}});
  EXPECT_EQ(rules(host.attach(1, 0)), "resource");
  EXPECT_EQ(host.attach(1, 0, "xenbr1").decision, Decision::allow);
}

TEST(Bridges, OfOpenVSwitchKeepTheirLabelWithAVlanBehindTheirName) {
  Scene host = Scene::mytest();
  host.start(1, "cars", "AutoCorp");
  host.ask(LabelResource{resource("bridge:ovsbr0"), "A-Bank", {}});
  EXPECT_EQ(rules(host.attach(1, 0, "ovsbr0.5")), "resource");
}

TEST(Bridges, OfOpenVSwitchAreInUseByAVlanOfTheirs) {
  Scene host = Scene::mytest();
  host.start(1, "cars", "AutoCorp");
  host.attach(1, 0, "ovsbr0.5");
  EXPECT_NE(host.fault(LabelResource{resource("bridge:ovsbr0"), "A-Bank", {}}).find("in use"), std::string::npos);
}

TEST(Bridges, AndNicsThatAreNotWrittenAgainStay) {
  Scene host = Scene::mytest();
  host.start(1, "cars", "AutoCorp");
  host.ask(AttachLink{vif(1, 0), {"xenbr0", "eth0"}, {}});
  host.attach(1, 0, "xenbr1");
  EXPECT_EQ(host.state().links().at(vif(1, 0)).network, (Network{"xenbr1", "eth0"}));
}

TEST(VifLabels, OfDomain0AreGivenWhileItRuns) {
  Scene host = Scene::mytest();
  host.ask(LabelVif{{DomainName("Domain-0"), 0}, "A-Bank", {}});
  host.ask(UnlabelVif{{DomainName("Domain-0"), 0}});
}

TEST(Nics, CarryLabelsAsBridgesDo) {
  Scene host = Scene::mytest();
  host.start(2, "client1", "A-Bank");
  host.ask(LabelResource{resource("nic:eth0"), "B-Bank", {}});
  EXPECT_EQ(rules(host.ask(AttachLink{vif(2, 0), {"xenbr0", "eth0"}, {}})), "resource");
  EXPECT_EQ(host.ask(AttachLink{vif(2, 0), {"xenbr0", "eth1"}, {}}).decision, Decision::allow);
  EXPECT_EQ(host.fault(LabelResource{resource("nic:eth1"), "B-Bank", {}}).substr(0, 26), "The resource is in use: 'n");
}

TEST(VifLabels, RefuseTheirOwnFirstThenTheBridgesThenTheNics) {
  Scene host = Scene::mytest();
  host.ask(LabelVif{{DomainName("client1"), 0}, "B-Bank", {}});
  host.start(2, "client1", "A-Bank");
  for (const char* network : {"nic:eth0", "bridge:xenbr0", "bridge:xenbr0.5"}) {
    host.ask(LabelResource{resource(network), "B-Bank", {}});
  }
  const Verdict verdict = host.ask(AttachLink{vif(2, 0), {"xenbr0.5", "eth0"}, {}});
  std::vector<std::string> refusing;
  for (const Reason& reason : verdict.reasons) refusing.push_back(reason.object.name);
  EXPECT_EQ(refusing, (std::vector<std::string>{"vif-0 of client1", "bridge:xenbr0.5", "bridge:xenbr0", "nic:eth0"}));
}

TEST(Configuration, NamesTheDeviceThatIsRefused) {
  Scene host = two_banks();
  host.ask(LabelDomain{DomainName("new"), {}, "A-Bank", {}});
  const Verdict verdict = host.ask(StartDomain{.domid = DomId(9),
                                               .uuid = uuid_of(9),
                                               .name = DomainName("new"),
                                               .disks = {{resource("phy:vg/a")}, {resource("phy:vg/b")}},
                                               .vifs = {{DomainName("nicdom"), {}}, {DomainName("client2"), {}}},
                                               .pci = {name_of("pci:04:00.0")}});
  std::vector<std::string> devices;
  for (const Reason& reason : verdict.reasons)
    devices.push_back(reason.device + " " + std::string(to_text(reason.rule)));
  EXPECT_EQ(devices, (std::vector<std::string>{"disk 1 resource", "vif 1 ste", "pci 0 resource"}));
}

TEST(Configuration, NumbersItsVifsByItsDevidsOrTheirPlaces) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("new"), {}, "A-Bank", {}});
  host.ask(LabelVif{{DomainName("new"), 3}, "B-Bank", {}});
  const DomainName domain0{std::string(kDomain0Name)};
  StartDomain start{.domid = DomId(9),
                    .uuid = uuid_of(9),
                    .name = DomainName("new"),
                    .vifs = {{domain0, {"br", ""}, {}}, {domain0, {"br", ""}, 3}}};
  const Verdict verdict = host.ask(start);
  ASSERT_EQ(rules(verdict), "resource");
  EXPECT_EQ(verdict.reasons[0].device, "vif 1");
  EXPECT_EQ(verdict.reasons[0].object.name, "vif-3 of new");
}

// architecture, "Labels": "A config whose line contradicts the binding is refused, with both named."
TEST(Configuration, ThatSaysAnotherLabelThanTheRecordIsRefused) {
  Scene host = two_banks();
  host.ask(LabelDomain{DomainName("new"), {}, "A-Bank", {}});
  StartDomain start{.domid = DomId(9), .uuid = uuid_of(9), .name = DomainName("new")};
  start.claimed = StoredLabel{"mytest", "AutoCorp"};
  const Verdict verdict = host.ask(start);
  ASSERT_EQ(rules(verdict), "integrity");
  EXPECT_NE(verdict.reasons[0].message.find("ACM:mytest:AutoCorp"), std::string::npos);
  EXPECT_NE(verdict.reasons[0].message.find("ACM:mytest:A-Bank"), std::string::npos);
  start.claimed = StoredLabel{"other", "A-Bank"};
  EXPECT_EQ(host.ask(start).reasons.at(0).message,
            "Security policy (other) incompatible with enforced policy (mytest).");
  start.claimed = StoredLabel{"mytest", "A-Bank"};
  EXPECT_EQ(host.ask(start).decision, Decision::allow);
}

}  // namespace
}  // namespace xenacm::monitor
