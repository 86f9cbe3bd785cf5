// SPDX-License-Identifier: Apache-2.0
// What a change of policy means: decided by the decisions themselves, not by the text of the documents.
#include "policy/diff.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

using Names = std::vector<std::string>;
using Pairs = std::vector<LabelPair>;

std::string renamed(const std::string& from, const std::string& to, const Names& ste) {
  std::string label = vm_label(to, ste, {});
  label.replace(label.find("<Name>"), 6, "<Name from=\"" + from + "\">");
  return label;
}

std::string typed_resource(const std::string& name, const std::string& type) {
  return "<ResourceLabel><Name>" + name + "</Name><SimpleTypeEnforcementTypes><Type>" + type +
         "</Type></SimpleTypeEnforcementTypes></ResourceLabel>";
}

// Two parties that share nothing and do not exclude each other.
Sample parties() {
  Sample sample;
  sample.vm_labels = vm_label("dom0", {"red", "blue"}, {}) + vm_label("left", {"red"}, {"red"}) +
                     vm_label("right", {"blue"}, {"blue"});
  sample.resource_labels = typed_resource("disk", "red");
  return sample;
}

Difference between(const Sample& older, const Sample& newer) {
  return difference(*compile_document(older.document()), *compile_document(newer.document()));
}

TEST(Difference, IsEmptyBetweenAPolicyAndItself) { EXPECT_TRUE(between(parties(), parties()).empty()); }

TEST(Difference, TypesThatAreOnlyRenamedAreNone) {
  Sample newer = parties();
  newer.ste_types = "<Type>rouge</Type><Type>blue</Type>";
  newer.vm_labels = vm_label("dom0", {"rouge", "blue"}, {}) + vm_label("left", {"rouge"}, {"red"}) +
                    vm_label("right", {"blue"}, {"blue"});
  newer.resource_labels = typed_resource("disk", "rouge");
  EXPECT_TRUE(between(parties(), newer).empty());
}

TEST(Difference, TellsWhoBeginsAndCeasesToShare) {
  Sample newer = parties();
  newer.vm_labels = vm_label("dom0", {"red", "blue"}, {}) + vm_label("left", {"red", "blue"}, {"red"}) +
                    vm_label("right", {"blue"}, {"blue"});
  EXPECT_EQ(between(parties(), newer).sharing.begin, (Pairs{{"left", "right"}}));
  EXPECT_EQ(between(newer, parties()).sharing.cease, (Pairs{{"left", "right"}}));
}

TEST(Difference, ALabelThatLosesItsTypesNoLongerSharesWithItself) {
  Sample newer = parties();
  newer.vm_labels =
      vm_label("dom0", {"red", "blue"}, {}) + vm_label("left", {}, {"red"}) + vm_label("right", {"blue"}, {"blue"});
  EXPECT_EQ(between(parties(), newer).sharing.cease, (Pairs{{"dom0", "left"}, {"left", "left"}}));
}

TEST(Difference, TellsWhoCanNoLongerRunTogether) {
  Sample newer = parties();
  newer.conflict_sets = R"(<Conflict name="c"><Type>red</Type><Type>blue</Type></Conflict>)";
  EXPECT_EQ(between(parties(), newer).exclusion.begin, (Pairs{{"left", "right"}}));
  EXPECT_EQ(between(newer, parties()).exclusion.cease, (Pairs{{"left", "right"}}));
}

TEST(Difference, TellsWhoMayUseWhichResourceAndWhichNobodyCanUseAnyMore) {
  Sample newer = parties();
  newer.ste_types = "<Type>red</Type><Type>blue</Type><Type>grey</Type>";
  newer.resource_labels = typed_resource("disk", "grey");
  const Difference found = between(parties(), newer);
  EXPECT_EQ(found.access.cease, (Pairs{{"dom0", "disk"}, {"left", "disk"}}));
  EXPECT_EQ(found.unreadable, Names{"disk"});
  EXPECT_TRUE(between(newer, parties()).unreadable.empty());
}

TEST(Difference, FollowsRenames) {
  Sample newer = parties();
  newer.vm_labels =
      vm_label("dom0", {"red", "blue"}, {}) + renamed("left", "links", {"red", "blue"}) + vm_label("new", {"blue"}, {});
  const Difference found = between(parties(), newer);
  EXPECT_EQ(found.vm_labels.renamed, (std::vector<RenamedLabel>{{"left", "links"}}));
  EXPECT_EQ(found.vm_labels.added, Names{"new"});
  EXPECT_EQ(found.vm_labels.removed, Names{"right"});
  EXPECT_TRUE(found.sharing.begin.empty()) << "whom links could share with now is new or gone";
}

TEST(Difference, ASwapOfNamesIsASwapOfLabels) {
  Sample newer = parties();
  newer.vm_labels =
      vm_label("dom0", {"red", "blue"}, {}) + renamed("right", "left", {"blue"}) + renamed("left", "right", {"red"});
  const Difference found = between(parties(), newer);
  EXPECT_EQ(found.vm_labels.renamed, (std::vector<RenamedLabel>{{"right", "left"}, {"left", "right"}}));
  EXPECT_TRUE(found.sharing.begin.empty() && found.sharing.cease.empty());
  EXPECT_TRUE(found.access.begin.empty() && found.access.cease.empty());
}

// Whoever asks whether policies differ must not be told no over any one change.
TEST(Difference, IsNotEmptyWhateverTheOneChangeIs) {
  EXPECT_TRUE(Difference{}.empty());
  for (LabelChanges Difference::* labels : {&Difference::vm_labels, &Difference::resource_labels}) {
    Difference added, removed, renamed;
    (added.*labels).added = {"a"};
    (removed.*labels).removed = {"a"};
    (renamed.*labels).renamed = {{"a", "b"}};
    EXPECT_FALSE(added.empty() || removed.empty() || renamed.empty());
  }
  for (PairChanges Difference::* pairs : {&Difference::sharing, &Difference::exclusion, &Difference::access}) {
    Difference begun, ceased;
    (begun.*pairs).begin = {{"a", "b"}};
    (ceased.*pairs).cease = {{"a", "b"}};
    EXPECT_FALSE(begun.empty() || ceased.empty());
  }
  Difference unreadable;
  unreadable.unreadable = {"a"};
  EXPECT_FALSE(unreadable.empty());
}

}  // namespace
}  // namespace xenacm::policy::test
