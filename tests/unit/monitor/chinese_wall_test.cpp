// SPDX-License-Identifier: Apache-2.0
// Which labels may run together (acm.md 3.3, 3.5).
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

const std::vector<std::string> kTableLabels{
    "A-Bank", "A-Bank.SecurityUnderwriting", "A-Bank.MarketAnalysis", "B-Bank", "AutoCorp", "__UNLABELED__"};

// acm.md 3.5: the row runs, the column wants to start.
const std::vector<std::string> kTogether{
    "YYYnYn",  //
    "YYnnYn",  //
    "YnYnYn",  //
    "nnnYYn",  //
    "YYYYYY",  //
    "nnnnYY",
};

TEST(ChineseWall, MytestAgreesWithTheTableOfTheManual) {
  for (std::size_t row = 0; row < kTableLabels.size(); ++row) {
    for (std::size_t column = 0; column < kTableLabels.size(); ++column) {
      Scene host = Scene::mytest();
      ASSERT_EQ(host.start(1, "first", kTableLabels[row]).decision, Decision::allow);
      const bool together = host.start(2, "second", kTableLabels[column]).allowed();
      EXPECT_EQ(together, kTogether[row][column] == 'Y')
          << kTableLabels[row] << " runs, " << kTableLabels[column] << " starts";
    }
  }
}

TEST(ChineseWall, CountsEveryDomainAndItsConflicts) {
  Scene host = Scene::mytest();
  host.start(1, "a1", "A-Bank");
  host.start(2, "a2", "A-Bank");
  host.start(3, "su", "A-Bank.SecurityUnderwriting");
  EXPECT_EQ(host.running("A-Bank"), 3) << "the department's label has the bank's type too";
  EXPECT_EQ(host.running("SystemManagement"), 1) << "Domain-0 takes part";
  EXPECT_EQ(host.aggregate("B-Bank"), 3);
  EXPECT_EQ(host.aggregate("A-Bank.MarketAnalysis"), 1);
  EXPECT_EQ(host.aggregate("__UNLABELED__"), 4) << "in both sets: three banks and one department";
  EXPECT_EQ(host.aggregate("A-Bank"), 0) << "its own types do not count against a domain";
}

TEST(ChineseWall, TheLastDomainToStopLetsTheOthersIn) {
  Scene host = Scene::mytest();
  host.start(1, "a1", "A-Bank");
  host.start(2, "a2", "A-Bank");
  host.ask(LabelDomain{DomainName("b"), {}, "B-Bank", {}});
  EXPECT_FALSE(host.start(3, "b").allowed());
  host.stop(1);
  EXPECT_FALSE(host.start(3, "b").allowed()) << "one of them still runs";
  host.stop(2);
  EXPECT_EQ(host.aggregate("B-Bank"), 0);
  EXPECT_TRUE(host.start(3, "b").allowed());
}

TEST(ChineseWall, ARefusedDomainIsNotCounted) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.start(2, "b", "B-Bank");
  EXPECT_EQ(host.running("B-Bank"), 0);
  EXPECT_EQ(host.aggregate("A-Bank"), 0);
}

TEST(ChineseWall, AWithdrawnStartGivesItsTypesBack) {
  Scene host = Scene::mytest();
  host.start(1, "a", "A-Bank");
  host.ask(StopDomain{.domid = DomId(1), .uuid = uuid_of(1), .withdrawn = true});
  EXPECT_EQ(host.running("A-Bank"), 0);
  EXPECT_TRUE(host.start(2, "b", "B-Bank").allowed());
}

TEST(ChineseWall, ARefusalNamesTheSetTheTypesAndWhoHoldsThem) {
  Scene host = Scene::mytest();
  host.start(1, "nicdom", "A-Bank");
  host.start(2, "client1", "A-Bank.MarketAnalysis");
  const Verdict verdict = host.start(3, "domain2", "B-Bank");
  ASSERT_EQ(rules(verdict), "chinese-wall");
  const Reason& reason = verdict.reasons[0];
  EXPECT_EQ(reason.conflict_set, "RER");
  EXPECT_EQ(reason.conflict_types, (std::vector<std::string>{"A-Bank", "B-Bank", "__UNLABELED__"}));
  EXPECT_EQ(reason.types, std::vector<std::string>{"B-Bank"});
  ASSERT_EQ(reason.holders.size(), 1u);
  EXPECT_EQ(reason.holders[0].type, "A-Bank");
  EXPECT_EQ(reason.holders[0].domains,
            (std::vector<std::string>{"nicdom (A-Bank)", "client1 (A-Bank.MarketAnalysis)"}));
  EXPECT_EQ(reason.remedy, "stop nicdom, client1, or start domain2 on another host");
}

TEST(ChineseWall, OfTwoSetsOfOneNameTheOneInTheWayIsNamed) {
  Scene host = Scene::mytest();
  host.start(1, "su", "A-Bank.SecurityUnderwriting");
  const Verdict verdict = host.start(2, "ma", "A-Bank.MarketAnalysis");
  ASSERT_EQ(rules(verdict), "chinese-wall");
  EXPECT_EQ(verdict.reasons[0].conflict_types,
            (std::vector<std::string>{"A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting", "__UNLABELED__"}));
}

TEST(ChineseWall, ARefusalNamesEveryConflictSetThatSpeaksAgainstIt) {
  Scene host = Scene::mytest();
  host.start(1, "su", "A-Bank.SecurityUnderwriting");
  const Verdict verdict = host.start(2, "stray");  // __UNLABELED__ is in both sets
  ASSERT_EQ(rules(verdict), "chinese-wall, chinese-wall");
  EXPECT_EQ(verdict.reasons[0].holders.at(0).type, "A-Bank");
  EXPECT_EQ(verdict.reasons[1].holders.at(0).type, "A-Bank.SecurityUnderwriting");
}

}  // namespace
}  // namespace xenacm::monitor
