// SPDX-License-Identifier: Apache-2.0
// May a policy replace another? (acm.md 2, 4; decisions.md 2, 13-15)
#include <array>
#include <regex>

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

std::string mytest() { return example_policy("mytest-security_policy.xml"); }
std::string update() { return example_policy("mytest_update-security_policy.xml"); }

std::string replaced(const std::string& text, const std::string& pattern, const std::string& by) {
  const std::string result = std::regex_replace(text, std::regex(pattern), by);
  EXPECT_NE(result, text) << "the example no longer has " << pattern;
  return result;
}

TEST(PolicyChange, FromDefaultNeedsNoVersionChain) {
  Scene host = Scene::of(std::string(policy::default_document()));
  EXPECT_TRUE(host.ask(policy_request(mytest())).allowed());
  EXPECT_EQ(host.state().tables().ref.name, "mytest");
  EXPECT_EQ(host.state().domain0().label.text(), "ACM:mytest:SystemManagement");
}

TEST(PolicyChange, AnUpdateMustNameWhatItUpdatesAndBeNewer) {
  const Scene host = Scene::mytest();
  EXPECT_NE(host.fault(policy_request(replaced(mytest(), "<Version>1.0", "<Version>1.1"))).find("no FromPolicy"),
            std::string::npos);
  const std::string from_other = replaced(update(), "<Version>1\\.0</Version>", "<Version>0.9</Version>");
  EXPECT_NE(host.fault(policy_request(from_other)).find("mytest 1.0 is enforced"), std::string::npos);
  const std::string of_another =
      replaced(update(), "<FromPolicy>\\s*<PolicyName>mytest", "<FromPolicy><PolicyName>other");
  EXPECT_NE(host.fault(policy_request(of_another)).find("its FromPolicy is other 1.0"), std::string::npos);
  const std::string not_newer = replaced(update(), "<Version>1\\.1</Version>", "<Version>1.0</Version>");
  EXPECT_NE(host.fault(policy_request(not_newer)).find("not greater"), std::string::npos);
}

TEST(PolicyChange, VersionsAreComparedAsNumbers) {
  Scene host = Scene::mytest();
  EXPECT_TRUE(
      host.ask(policy_request(replaced(update(), "<Version>1\\.0</Version>", "<Version>01.00</Version>"))).allowed());
}

TEST(PolicyChange, NoOtherPolicyMayCallItselfDefaultAndSoEscapeTheVersionChain) {
  const Scene host = Scene::mytest();
  const std::string impostor = replaced(mytest(), "<PolicyName>mytest", "<PolicyName>DEFAULT");
  EXPECT_NE(host.fault(policy_request(impostor)).find("belongs to the built-in policy"), std::string::npos);
  EXPECT_TRUE(decide(host.state(), policy_request(std::string(policy::default_document()))).has_value());
}

TEST(PolicyChange, AConfigurationKeepsSayingTheLabelThatItsDomainWasGiven) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("ma"), {}, "A-Bank.MarketAnalysis", {}});
  ASSERT_TRUE(host.ask(policy_request(update())).allowed());
  StartDomain start{.domid = DomId(1), .uuid = uuid_of(1), .name = DomainName("ma")};
  for (const char* claimed : {"A-Bank.MarketAnalysis", "A-Bank.MA"}) {
    start.claimed = StoredLabel{"mytest", claimed};
    EXPECT_EQ(rules(decide(host.state(), start)->verdict), "") << claimed;
  }
  start.claimed = StoredLabel{"mytest", "A-Bank.SecurityUnderwriting"};
  EXPECT_EQ(rules(decide(host.state(), start)->verdict), "integrity");
  // Labelled anew: what it said before no longer counts.
  host.ask(UnlabelDomain{DomainName("ma")});
  host.ask(LabelDomain{DomainName("ma"), {}, "A-Bank.SU", {}});
  start.claimed = StoredLabel{"mytest", "A-Bank.MarketAnalysis"};
  EXPECT_EQ(rules(decide(host.state(), start)->verdict), "integrity");
}

TEST(PolicyChange, LabelsFollowTheRenames) {
  Scene host = Scene::mytest();
  host.start(1, "su", "A-Bank.SecurityUnderwriting");
  host.ask(LabelDomain{DomainName("sleeper"), {}, "A-Bank.MarketAnalysis", {}});
  host.ask(LabelResource{resource("file:/su.img"), "A-Bank.SecurityUnderwriting", {}});
  ASSERT_TRUE(host.ask(policy_request(update())).allowed());
  EXPECT_EQ(host.state().running().at(DomId(1)).label.text(), "ACM:mytest:A-Bank.SU");
  EXPECT_EQ(host.running("A-Bank.SU"), 1);
  EXPECT_EQ(host.state().bindings().at(DomainName("sleeper")).label.label, "A-Bank.MA");
  EXPECT_EQ(host.state().resources().at(name_of("file:/su.img")).label.label, "A-Bank.SU");
}

TEST(PolicyChange, WhatLosesItsLabelIsInvalidatedForGood) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/u.img"), "__UNLABELED__", {}});
  host.ask(LabelResource{resource("file:/never.img"), "__INACCESSIBLE__", {}});
  ASSERT_TRUE(host.ask(policy_request(update())).allowed());
  EXPECT_EQ(host.state().resources().at(name_of("file:/u.img")).label.text(), "INV_ACM:mytest:__UNLABELED__");
  EXPECT_EQ(host.state().resources().at(name_of("file:/never.img")).label.text(), "ACM:*:__INACCESSIBLE__");
}

TEST(PolicyChange, IsRefusedWhereARunningDomainWouldLoseItsLabel) {
  Scene host = Scene::mytest();
  host.start(1, "stray");
  const Verdict verdict = host.ask(policy_request(update()));
  EXPECT_EQ(rules(verdict), "label");
  EXPECT_EQ(host.state().tables().ref.version.text(), "1.0") << "nothing changed";
  EXPECT_EQ(host.running("__UNLABELED__"), 1);
}

TEST(PolicyChange, IsRefusedWhereRunningDomainsWouldConflict) {
  Scene host = Scene::mytest();
  host.start(1, "b", "B-Bank");
  host.start(2, "auto", "AutoCorp");
  const std::string conflict =
      replaced(update(), "(<Conflict name=\"RER\">\\s*)(<Type>A-Bank</Type>)", "$1<Type>AutoCorp</Type>$2");
  const Verdict verdict = host.ask(policy_request(conflict));
  EXPECT_EQ(rules(verdict), "chinese-wall");
  ASSERT_FALSE(verdict.reasons.empty());
  EXPECT_EQ(verdict.reasons[0].subject.name, "auto") << "the later one is in the way of the earlier";
}

TEST(PolicyChange, IsRefusedWhereALiveLinkWouldJoinStrangers) {
  Scene host = Scene::of(example_policy("example/test-security_policy.xml"));
  host.start(1, "vio", "VIO");
  host.start(2, "cola", "CocaCola");
  host.attach(2, 1);
  std::string next = replaced(example_policy("example/test-security_policy.xml"), "<Version>1.0</Version>",
                              "<Version>1.1</Version><FromPolicy><PolicyName>example.test</PolicyName>"
                              "<Version>1.0</Version></FromPolicy>");
  // VIO keeps PepsiCo alone.
  next = replaced(next, "(<Name>VIO</Name>\\s*<SimpleTypeEnforcementTypes>[^]*?)<Type>CocaCola</Type>", "$1");
  EXPECT_EQ(rules(host.ask(policy_request(next))), "ste");
}

TEST(PolicyChange, EverythingThatIsWrongIsToldAtOnce) {
  Scene host = Scene::mytest();
  host.start(1, "stray");
  host.ask(LabelDomain{DomainName("sleeper"), {}, "__UNLABELED__", {}});
  std::string wrong = replaced(update(), "<Version>1\\.1</Version>", "<Version>0.9</Version>");
  wrong = replaced(wrong, "<Version>1\\.0</Version>", "<Version>0.8</Version>");
  wrong = replaced(wrong, "from=\"A-Bank.MarketAnalysis\"", "from=\"Nobody\"");
  wrong = replaced(wrong, "SystemManagement", "Boss");
  SetPolicy request = policy_request(wrong);
  request.most_invalidated = 50;
  request.distrust = "The policy is not signed.";
  const Outcome outcome = decide(host.state(), request);
  ASSERT_FALSE(outcome);
  for (const char* said : {"not signed", "its FromPolicy is mytest 0.8", "0.9 is not greater than 1.0",
                           "renames 'Nobody'", "Domain-0 carries the label 'SystemManagement'", "(sleeper)"}) {
    EXPECT_NE(outcome.error().message.find(said), std::string::npos) << said << "\n" << outcome.error().message;
  }
  ASSERT_EQ(outcome.error().reasons.size(), 1u);
  EXPECT_EQ(outcome.error().reasons[0].subject.name, "stray");
}

// The way back from a reset: DEFAULT's one label is called what it would be if the policy were set now.
TEST(PolicyChange, GoesBackThroughDefault) {
  Scene host = Scene::mytest();
  const SetPolicy set = policy_request(mytest());
  const SetPolicy reset = policy_request(std::string(policy::default_document()));
  const std::array<policy::Reign, 2> reigns{{{set.compiled->tables.ref.digest, &set.compiled->policy},
                                             {reset.compiled->tables.ref.digest, &reset.compiled->policy}}};
  host.ask(LabelDomain{DomainName("sleeper"), {}, "A-Bank", {}});
  host.ask(ResetPolicy{});
  SetPolicy back = set;
  back.back = {reset.compiled->tables.ref.digest, policy::lineage_back(reigns, 0)};
  EXPECT_TRUE(host.ask(back).allowed());
  EXPECT_EQ(host.state().domain0().label.text(), "ACM:mytest:SystemManagement");
  EXPECT_FALSE(host.state().bindings().at(DomainName("sleeper")).label.valid);
}

TEST(PolicyChange, Domain0sLabelMustStayOrBeRenamed) {
  Scene host = Scene::of(std::string(policy::default_document()));
  const std::string without = replaced(mytest(), "SystemManagement", "Boss");
  EXPECT_NE(host.fault(policy_request(without)).find("Domain-0"), std::string::npos);
}

TEST(PolicyChange, ARenameOfAnUnknownLabelIsRefused) {
  const Scene host = Scene::mytest();
  const std::string unknown = replaced(update(), "from=\"A-Bank.MarketAnalysis\"", "from=\"Nobody\"");
  EXPECT_NE(host.fault(policy_request(unknown)).find("renames 'Nobody'"), std::string::npos);
}

TEST(PolicyChange, ThePolicyThatIsEnforcedMayBeSetAgain) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  EXPECT_TRUE(host.ask(policy_request(mytest())).allowed());
  EXPECT_EQ(host.running("A-Bank"), 1);
}

TEST(PolicyChange, AModeOfALabelEndsWithTheLabelAndFollowsItsRename) {
  Scene host = Scene::mytest();
  host.ask(SetMode{Mode::permissive, "__UNLABELED__"});
  host.ask(SetMode{Mode::permissive, "A-Bank.MarketAnalysis"});
  ASSERT_TRUE(host.ask(policy_request(update())).allowed());
  EXPECT_EQ(host.state().modes().size(), 2u);
  EXPECT_EQ(host.state().mode("A-Bank.MA"), Mode::permissive);
}

TEST(PolicyChange, PermissiveModeTakesThePolicyWhateverRuns) {
  Scene host = Scene::mytest();
  host.start(1, "stray");
  host.ask(SetMode{Mode::permissive, {}});
  EXPECT_EQ(host.ask(policy_request(update())).decision, Decision::would_deny);
  EXPECT_EQ(host.state().tables().ref.version.text(), "1.1");
}

TEST(ResetPolicy, GoesBackToDefaultWhateverDomain0Carries) {
  Scene host = Scene::mytest();
  host.ask(LabelDomain{DomainName("sleeper"), {}, "A-Bank", {}});
  host.ask(LabelResource{resource("file:/a.img"), "A-Bank", {}});
  host.ask(LabelVif{{DomainName("sleeper"), 0}, "A-Bank", {}});
  host.ask(LabelDomain{DomainName("Domain-0"), {}, "AutoCorp", {}});
  ASSERT_TRUE(host.ask(ResetPolicy{}).allowed());
  EXPECT_EQ(host.state().tables().ref.name, "DEFAULT");
  EXPECT_EQ(host.state().domain0().label.text(), "ACM:DEFAULT:SystemManagement");
  EXPECT_EQ(host.state().bindings().at(DomainName("sleeper")).label.text(), "INV_ACM:mytest:A-Bank");
  EXPECT_EQ(host.state().resources().at(name_of("file:/a.img")).label.text(), "INV_ACM:mytest:A-Bank");
  EXPECT_EQ(host.state().vif_labels().at({DomainName("sleeper"), 0}).text(), "INV_ACM:mytest:A-Bank");
}

TEST(ResetPolicy, IsRefusedWhileADomainRuns) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  const Verdict verdict = host.ask(ResetPolicy{});
  EXPECT_EQ(verdict.decision, Decision::deny);
  EXPECT_EQ(verdict.reasons.at(0).subject.name, "a");
  EXPECT_EQ(host.state().tables().ref.name, "mytest");
}

// acm.md 4.2: re-installing the same policy later does not revalidate.
TEST(ResetPolicy, WhatItInvalidatedStaysInvalid) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/a.img"), "A-Bank", {}});
  host.ask(ResetPolicy{});
  ASSERT_TRUE(host.ask(policy_request(example_policy("mytest-security_policy.xml"))).allowed());
  EXPECT_FALSE(host.state().resources().at(name_of("file:/a.img")).label.valid);
}

TEST(ResetPolicy, OfDefaultChangesNothing) {
  Scene host = Scene::of(std::string(policy::default_document()));
  EXPECT_FALSE(host.ask(ResetPolicy{}).changed);
}

// As the label of that name it was judged, and let in: a domain without a label has no name that could be changed.
TEST(PolicyChange, ADomainWithoutALabelGetsNoneByARenameOfUnlabeled) {
  Scene host = Scene::mytest();
  host.start(1, "stranger");
  const Verdict verdict =
      host.ask(policy_request(replaced(update(), "<VirtualMachineLabel>\\s*<Name>AutoCorp</Name>",
                                       "<VirtualMachineLabel><Name from=\"__UNLABELED__\">AutoCorp</Name>")));
  EXPECT_EQ(verdict.decision, Decision::deny);
  EXPECT_EQ(rules(verdict), "label");
}

TEST(PolicyChange, Domain0DoesNotPassForUnlabelledWhereItsLabelUnlabeledIsGivenToAnother) {
  Scene host = Scene::of(replaced(mytest(), "bootstrap=\"SystemManagement\"", "bootstrap=\"__UNLABELED__\""));
  const std::string taken = replaced(update(), "<VirtualMachineLabel>\\s*<Name>AutoCorp</Name>",
                                     "<VirtualMachineLabel><Name from=\"AutoCorp\">__UNLABELED__</Name>");
  EXPECT_NE(host.fault(policy_request(taken)).find("Domain-0 carries the label '__UNLABELED__'"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::monitor
