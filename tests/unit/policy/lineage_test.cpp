// SPDX-License-Identifier: Apache-2.0
// What labels were called before: through renames, swaps, deletions, and earlier ways back.
#include "policy/lineage.h"

#include <gtest/gtest.h>

#include <deque>

#include "policy/compiler.h"
#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

// A row of policies of one name; each line is its labels, "new<old" for a rename.
class Row {
 public:
  Row& then(const std::string& version, const std::vector<std::string>& labels, const std::string& name = "p") {
    Policy policy;
    policy.header.name.text = name;
    policy.header.version = {static_cast<std::uint32_t>(version[0] - '0'),
                             static_cast<std::uint32_t>(version[2] - '0')};
    for (const std::string& text : labels) {
      const std::size_t mark = text.find('<');
      VmLabel label;
      label.name.text = text.substr(0, mark);
      if (mark != std::string::npos) label.from = Name{text.substr(mark + 1), {}};
      policy.vm_labels.push_back(label);
    }
    const Policy* before = reigns_.empty() ? nullptr : reigns_.back().policy;
    if (before != nullptr) policy.header.from = FromPolicy{before->header.name, before->header.version};
    policies_.push_back(policy);
    reigns_.push_back({name + version, &policies_.back()});
    return *this;
  }

  // The policy of that index comes back.
  Row& again(std::size_t index) {
    reigns_.push_back(Reign(reigns_[index]));
    return *this;
  }

  [[nodiscard]] Renames back(std::size_t first = 0) const { return lineage_back(reigns_, first).vm; }

 private:
  std::deque<Policy> policies_;
  std::vector<Reign> reigns_;
};

TEST(Lineage, LabelsThatStayedAreTheSame) {
  EXPECT_EQ(Row().then("1.0", {"a", "b"}).then("1.1", {"a", "b"}).back(), (Renames{{"a", "a"}, {"b", "b"}}));
}

TEST(Lineage, FollowsRenamesThroughSeveralUpdates) {
  EXPECT_EQ(Row().then("1.0", {"a"}).then("1.1", {"b<a"}).then("1.2", {"c<b"}).back(), (Renames{{"c", "a"}}));
}

TEST(Lineage, FollowsASwap) {
  EXPECT_EQ(Row().then("1.0", {"a", "b"}).then("1.1", {"a<b", "b<a"}).back(), (Renames{{"a", "b"}, {"b", "a"}}));
}

TEST(Lineage, LabelsThatCameLaterOrWentHaveNone) {
  EXPECT_EQ(Row().then("1.0", {"a", "gone"}).then("1.1", {"a", "new"}).back(), (Renames{{"a", "a"}}));
}

TEST(Lineage, NothingCarriesOverFromAPolicyOfAnotherName) {
  EXPECT_EQ(Row().then("1.0", {"a"}).then("1.0", {"a"}, "q").back(), Renames{});
}

TEST(Lineage, AnUpdateMayChangeThePolicysName) {
  EXPECT_EQ(Row().then("1.0", {"a"}).then("1.1", {"b<a"}, "q").back(), (Renames{{"b", "a"}}));
}

TEST(Lineage, FollowsAnEarlierWayBack) {
  Row row;
  row.then("1.0", {"a"}).then("1.1", {"b<a"}).again(0);
  EXPECT_EQ(row.back(), (Renames{{"a", "a"}}));
  EXPECT_EQ(row.back(1), (Renames{{"a", "b"}})) << "and forward again";
  row.again(1);
  EXPECT_EQ(row.back(), (Renames{{"b", "a"}}));
}

TEST(Lineage, WhatComesBackIsNoUpdateOfWhatWasInForce) {
  Row row;
  row.then("1.0", {"p", "q"}).then("2.0", {"q<p", "r<q"}).then("3.0", {"s<q", "r"}).again(0).again(2);
  EXPECT_EQ(row.back(3), (Renames{{"s", "p"}, {"r", "q"}}));
}

TEST(Lineage, GoingToAndFroManyTimesTakesNoTime) {
  Row row;
  row.then("1.0", {"a"}).then("2.0", {"b<a"}).then("3.0", {"c<b"});
  for (int i = 0; i < 40; ++i) row.again(1).again(0).again(2);
  EXPECT_EQ(row.back(), (Renames{{"c", "a"}}));
}

}  // namespace
}  // namespace xenacm::policy::test
