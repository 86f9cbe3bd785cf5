// SPDX-License-Identifier: Apache-2.0
// What would have allowed a refusal, and what else that would allow (docs/audit.md, "Suggestions")
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "labeltool/suggest/commands.h"
#include "labeltool/suggest/rules.h"

namespace xenacm::labeltool::suggest {
namespace {

using nlohmann::json;

json party(const std::string& name, const std::string& label) { return {{"name", name}, {"label", label}}; }

json reason(const std::string& rule, const json& subject, const json& object) {
  return {{"rule", rule}, {"message", "m"}, {"subject", subject}, {"object", object}, {"remedy", "the way out"}};
}

json rer(const std::string& domain, const std::string& label) {
  return {{"rule", "chinese-wall"},
          {"message", "m"},
          {"subject", party(domain, label)},
          {"conflict_set", {{"name", "RER"}, {"types", {"A-Bank", "B-Bank", "__UNLABELED__"}}}},
          {"remedy", "stop"}};
}

// Under examples/policies/mytest, where nicdom runs.
class Suggest : public testing::Test {
 protected:
  Suggest() {
    std::ifstream in(XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml");
    std::ostringstream text;
    text << in.rdbuf();
    situation.policy = policy::compile_document(text.str()).value();
    situation.domain0_label = "SystemManagement";
    situation.running = {{"nicdom", "A-Bank"}};
  }
  // "KIND: WHAT | what it allows also | what it allows no longer", in their order.
  [[nodiscard]] std::vector<std::string> lines(const json& refused) const {
    std::vector<std::string> all;
    for (const Suggestion& each : answer(refused, situation).suggestions) {
      all.push_back(each.kind + ": " + each.what + " | " + effects_text(each.also) + " | " +
                    effects_text(each.no_more));
    }
    return all;
  }
  [[nodiscard]] std::string note(const json& refused) const {
    const Answer found = answer(refused, situation);
    EXPECT_TRUE(found.suggestions.empty());
    return found.note;
  }
  Situation situation;
};

using Lines = std::vector<std::string>;

TEST_F(Suggest, OfTwoLabelsThatShareNothingATypeOfTheirOwnAllowsTheLeast) {
  EXPECT_EQ(
      lines(reason("ste", party("client2", "AutoCorp"), party("nicdom", "A-Bank"))),
      (Lines{"policy: declare a new type AutoCorp-A-Bank and give it to the labels AutoCorp, A-Bank and "
             "SystemManagement (Domain-0's) | nothing | nothing",
             "policy: give the label AutoCorp the type A-Bank | AutoCorp using resources labelled A-Bank (1 label "
             "pair) | nothing",
             "policy: give the label A-Bank the type AutoCorp | A-Bank using resources labelled AutoCorp (1 label "
             "pair) | nothing",
             "label: give client2 the label A-Bank, while it does not run | client2 using resources labelled A-Bank (1 "
             "label pair) | client2 with AutoCorp, client2 using resources labelled AutoCorp (2 label pairs)",
             "label: give nicdom the label AutoCorp, while it does not run | nicdom using resources labelled AutoCorp "
             "(1 label pair) | nicdom with A-Bank, nicdom using resources labelled A-Bank (2 label pairs)"}));
}

TEST_F(Suggest, LabelsThatTheChineseWallWouldRefuseAreNotSuggested) {
  situation.running.push_back({"domain2", "B-Bank"});
  for (const std::string& line : lines(reason("ste", party("client2", "AutoCorp"), party("nicdom", "A-Bank")))) {
    EXPECT_EQ(line.find("give client2 the label A-Bank"), std::string::npos) << line;
  }
}

TEST_F(Suggest, OfADiskTheDomainItselfOrItsLabel) {
  situation.running.clear();
  EXPECT_EQ(lines(reason("resource", party("client1", "A-Bank"), party("file:/vm/b.img", "B-Bank"))),
            (Lines{"policy: give the resource label B-Bank the type A-Bank | nothing | B-Bank using resources labelled "
                   "B-Bank (1 label pair)",
                   "label: give file:/vm/b.img the label A-Bank, while nobody uses it | nothing | B-Bank using "
                   "file:/vm/b.img (1 label pair)",
                   "policy: give the label A-Bank the type B-Bank | A-Bank with B-Bank (1 label pair) | nothing",
                   "label: give client1 the label B-Bank, while it does not run | client1 with B-Bank (1 label pair) | "
                   "client1 with A-Bank, client1 using resources labelled A-Bank (2 label pairs)"}));
}

TEST_F(Suggest, WhatCarriesNoLabelIsGivenOne) {
  const Answer found =
      answer(reason("resource", party("client1", "A-Bank"), party("phy:/dev/a b", "__UNLABELED__")), situation);
  ASSERT_EQ(found.suggestions.size(), 1u);
  EXPECT_EQ(found.suggestions[0].commands, Lines{"labeltool addlabel A-Bank res 'phy:/dev/a b'"});
  const Answer vif =
      answer(reason("resource", party("client1", "A-Bank"), party("vif-0 of client1", "B-Bank")), situation);
  const auto named = std::ranges::find_if(
      vif.suggestions, [](const Suggestion& each) { return each.what.starts_with("give vif-0 of client1 the label"); });
  ASSERT_NE(named, vif.suggestions.end());
  EXPECT_EQ(named->commands, (Lines{"labeltool rmlabel vif-0 client1", "labeltool addlabel A-Bank vif-0 client1"}));
}

TEST_F(Suggest, OfDomain0sLabelTheTypesThatItLacks) {
  situation.domain0_label = "A-Bank";
  EXPECT_EQ(
      lines(reason("authorization", party("domain2", "B-Bank"), party("Domain-0", "A-Bank"))),
      (Lines{"policy: give the label A-Bank (Domain-0's) the types B-Bank | A-Bank using resources labelled B-Bank (1 "
             "label pair) | nothing",
             "label: give Domain-0 the label SystemManagement | starts of __UNLABELED__, starts of SystemManagement, "
             "starts of A-Bank.MarketAnalysis, starts of A-Bank.SecurityUnderwriting, starts of AutoCorp | nothing"}));
}

TEST_F(Suggest, OfAConflictSetWhoIsToStopOrWhatIsToLeaveTheSet) {
  const Lines found = lines(rer("domain2", "B-Bank"));
  ASSERT_EQ(found.size(), 7u);
  EXPECT_EQ(found[0], "stop: stop nicdom (A-Bank) | nothing | nothing");
  EXPECT_TRUE(found[1].starts_with("label: give domain2 the label A-Bank, while it does not run | ")) << found[1];
  EXPECT_EQ(found[4],
            "policy: take the type A-Bank out of the conflict set RER | __UNLABELED__ beside A-Bank, "
            "A-Bank.MarketAnalysis beside B-Bank, A-Bank.SecurityUnderwriting beside B-Bank (3 label pairs) | nothing");
  EXPECT_TRUE(found[5].starts_with("policy: take the type B-Bank out of the conflict set RER | ")) << found[5];
  EXPECT_TRUE(found[6].starts_with("policy: take the Chinese Wall type B-Bank from the label B-Bank | ")) << found[6];
}

TEST_F(Suggest, WhatIsAllowedByNowIsSaid) {
  situation.running.clear();
  EXPECT_EQ(note(rer("domain2", "B-Bank")), "nobody who runs now is in its way");
  EXPECT_EQ(note(reason("ste", party("a", "A-Bank"), party("b", "A-Bank"))),
            "the policy in force lets the two labels share already");
  EXPECT_EQ(note(reason("authorization", party("a", "A-Bank"), party("Domain-0", "A-Bank"))),
            "Domain-0's present label covers it already");
}

TEST_F(Suggest, WhatThePolicyInForceDoesNotHaveIsNotGuessedAt) {
  EXPECT_EQ(note(reason("ste", party("a", "Old"), party("b", "A-Bank"))), "the policy in force has no label 'Old'");
  json other = rer("domain2", "B-Bank");
  other["conflict_set"]["types"] = {"A-Bank", "B-Bank"};
  EXPECT_EQ(note(other), "the policy in force has no conflict set RER of these types");
}

TEST_F(Suggest, WhatNoPolicyWouldAllowHasItsWayOut) {
  EXPECT_EQ(note(reason("integrity", party("a", "A-Bank"), party("file:/a", "A-Bank"))),
            "no label and no policy would allow it; the way out is: the way out");
}

TEST_F(Suggest, ADomainWithoutALabelMayHaveWhatCouldStartBesideTheOthers) {
  situation.running = {{"domain2", "B-Bank"}};
  const Answer found = answer(reason("label", party("new", ""), {}), situation);
  ASSERT_EQ(found.suggestions.size(), 2u) << "not the labels of A-Bank's";
  EXPECT_EQ(found.suggestions[0].commands, Lines{"labeltool addlabel AutoCorp mgt new"});
  EXPECT_EQ(found.suggestions[1].commands, Lines{"labeltool addlabel B-Bank mgt new"});
}

// A rename that was made once, from= of the document, must not make two labels one another.
TEST_F(Suggest, TakesEachLabelForItselfWhereTheDocumentSwappedTwo) {
  for (policy::VmLabel& label : situation.policy.policy.vm_labels) {
    if (label.name.text == "A-Bank") label.from = policy::Name{.text = "AutoCorp", .at = {}};
    if (label.name.text == "AutoCorp") label.from = policy::Name{.text = "A-Bank", .at = {}};
  }
  EXPECT_EQ(lines(reason("ste", party("client2", "AutoCorp"), party("nicdom", "A-Bank")))[0],
            "policy: declare a new type AutoCorp-A-Bank and give it to the labels AutoCorp, A-Bank and "
            "SystemManagement (Domain-0's) | nothing | nothing");
}

TEST(SuggestedCommands, AreQuotedForTheShell) {
  EXPECT_EQ(relabel_domain("a'; reboot", "__UNLABELED__", "$(id)"),
            Lines{R"(labeltool addlabel '$(id)' mgt 'a'\''; reboot')"});
}

}  // namespace
}  // namespace xenacm::labeltool::suggest
