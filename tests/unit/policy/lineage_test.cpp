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
    policies_.push_back(policy);
    reigns_.push_back({name + version, &policies_.back()});
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

TEST(Lineage, FollowsAnEarlierWayBack) {
  // 1.0, 1.1, back to 1.0, and again 1.1: what is called b now was a in 1.0.
  Row row;
  row.then("1.0", {"a"}).then("1.1", {"b<a"}).then("1.0", {"a"}).then("1.1", {"b<a"});
  EXPECT_EQ(row.back(), (Renames{{"b", "a"}}));
  EXPECT_EQ(Row().then("1.0", {"a"}).then("1.1", {"b<a"}).then("1.0", {"a"}).back(), (Renames{{"a", "a"}}));
  EXPECT_EQ(Row().then("1.0", {"a"}).then("1.1", {"b<a"}).then("1.0", {"a"}).back(1), (Renames{{"a", "b"}}))
      << "and forward again";
}

}  // namespace
}  // namespace xenacm::policy::test
