// SPDX-License-Identifier: Apache-2.0
// Labels of domains and resources (acm.md 4.3, 6.5; decisions.md 9-12)
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

LabelDomain label(const std::string& name, const std::string& label) { return {DomainName(name), {}, label, {}}; }

TEST(Labelling, KnowsTheLabelsOfThePolicyAlone) {
  const Scene host = Scene::mytest();
  EXPECT_NE(host.fault(label("a", "C-Bank")).find("Label 'C-Bank' not found."), std::string::npos);
  EXPECT_NE(host.fault(LabelResource{resource("file:/a"), "C-Bank", {}}).find("Label 'C-Bank' not found."),
            std::string::npos);
}

TEST(Labelling, TakesNoOtherPolicyThanTheEnforcedOne) {
  const Scene host = Scene::mytest();
  EXPECT_EQ(host.fault(LabelDomain{DomainName("a"), {}, "A-Bank", "other"}),
            "Security policy (other) incompatible with enforced policy (mytest).");
}

TEST(Labelling, ALabelIsReplacedOnlyAfterItWasRemoved) {
  Scene host = Scene::mytest();
  host.ask(label("a", "A-Bank"));
  host.ask(label("a", "A-Bank"));
  EXPECT_NE(host.fault(label("a", "B-Bank")).find("already labeled"), std::string::npos);
  host.ask(UnlabelDomain{DomainName("a")});
  host.ask(label("a", "B-Bank"));
  EXPECT_EQ(host.state().bindings().at(DomainName("a")).label.label, "B-Bank");
}

TEST(Labelling, ARunningDomainIsNotRelabelled) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_NE(host.fault(UnlabelDomain{DomainName("a")}).find("is running"), std::string::npos);
  host.start(2, "auto", "AutoCorp");
  host.apply(DropBinding{DomainName("auto")});
  EXPECT_NE(host.fault(label("auto", "B-Bank")).find("is running"), std::string::npos);
}

TEST(Labelling, AMigrationUnderWayIsLabelledByItsOwnName) {
  const Scene host = Scene::mytest();
  EXPECT_NE(host.fault(label("a--incoming", "A-Bank")).find("label 'a'"), std::string::npos);
}

TEST(Labelling, OneUuidBelongsToOneDomain) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), uuid_of(1), "A-Bank", {}});
  EXPECT_NE(host.fault(LabelDomain{DomainName("b"), uuid_of(1), "B-Bank", {}}).find("already belongs to 'a'"),
            std::string::npos);
}

TEST(Labelling, RemovingALabelThatIsNotThereIsSaid) {
  const Scene host = Scene::mytest();
  EXPECT_EQ(host.fault(UnlabelDomain{DomainName("a")}), "Domain was not labeled.");
  EXPECT_EQ(host.fault(UnlabelResource{resource("file:/a")}), "Resource not labeled");
}

TEST(Labelling, Domain0sNewLabelMustCoverWhatRuns) {
  Scene host = Scene::mytest();
  host.ask(label("Domain-0", "A-Bank"));
  EXPECT_EQ(host.state().domain0().label.label, "A-Bank") << "nothing else runs";
  host.ask(label("Domain-0", "SystemManagement"));
  host.start(1, "auto", "AutoCorp");
  const Verdict refused = host.ask(label("Domain-0", "A-Bank"));
  EXPECT_EQ(rules(refused), "authorization");
  EXPECT_EQ(host.state().domain0().label.label, "SystemManagement");
}

TEST(Labelling, Domain0CannotTakeALabelThatConflictsWithWhatRuns) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_EQ(rules(host.ask(label("Domain-0", "B-Bank"))), "authorization, chinese-wall");
}

TEST(Labelling, ABridgeInUseKeepsItsLabel) {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.start(2, "client", "A-Bank");
  host.ask(LabelResource{resource("bridge:xenbr0@nicdom"), "A-Bank", {}});
  host.attach(2, 1, "xenbr0");
  EXPECT_NE(host.fault(UnlabelResource{resource("bridge:xenbr0@nicdom")}).find("in use"), std::string::npos);
  host.ask(DetachLink{vif(2, 1)});
  host.ask(UnlabelResource{resource("bridge:xenbr0@nicdom")});
  EXPECT_TRUE(host.state().resources().empty());
}

TEST(Labelling, ABridgeInUseGetsNoLabel) {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.start(2, "client", "A-Bank");
  host.attach(2, 1, "xenbr0");
  EXPECT_NE(host.fault(LabelResource{resource("bridge:xenbr0@nicdom"), "AutoCorp", {}}).find("in use"),
            std::string::npos);
}

TEST(Labelling, AResourceIsRelabelledOnlyAfterItsLabelWasRemoved) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/a"), "A-Bank", {}});
  EXPECT_EQ(host.fault(LabelResource{resource("file:/a"), "B-Bank", {}}),
            "'file:/a' is already labeled with 'ACM:mytest:A-Bank'.");
}

TEST(Labelling, AModeIsSetForALabelOfThePolicyAlone) {
  const Scene host = Scene::mytest();
  EXPECT_EQ(host.fault(SetMode{Mode::permissive, "C-Bank"}), "Label 'C-Bank' not found.");
}

TEST(Labelling, ADomainThatRunsUnderAnotherNameIsNotRelabelledEither) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("a"), uuid_of(1), "A-Bank", {}});
  host.start(1, "b");
  EXPECT_NE(host.fault(UnlabelDomain{DomainName("a")}).find("is running"), std::string::npos);
  host.apply(DropBinding{DomainName("a")});
  EXPECT_NE(host.fault(LabelDomain{DomainName("a"), uuid_of(1), "AutoCorp", {}}).find("is running"), std::string::npos);
}

TEST(Labelling, AVifOfAMigrationUnderWayIsLabelledByTheDomainsOwnName) {
  const Scene host = Scene::mytest();
  EXPECT_NE(host.fault(LabelVif{{DomainName("a--incoming"), 0}, "A-Bank", {}}).find("label 'a'"), std::string::npos);
}

TEST(Labelling, TheLabelThatDomain0HasAlreadyChangesNothingAndIsNotRefused) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, {}});
  host.start(1, "stranger", "A-Bank");
  host.start(2, "rival", "B-Bank");
  host.ask(ReserveStart{"t", {.uuid = uuid_of(3), .name = DomainName("c")}});
  host.ask(SetMode{Mode::enforcing, {}});
  EXPECT_EQ(host.ask(label("Domain-0", "SystemManagement")).decision, Decision::allow);
  EXPECT_EQ(host.state().tickets().size(), 1U);
}

}  // namespace
}  // namespace xenacm::monitor
