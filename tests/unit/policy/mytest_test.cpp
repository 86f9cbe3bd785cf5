// SPDX-License-Identifier: Apache-2.0
// The manual's mytest policy and its update, row by row: the values here are the manual's, not the compiler's.
#include <gtest/gtest.h>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

using Names = std::vector<std::string>;

struct LabelRow {
  std::string label;
  Names ste;
  Names chw;
};

void expect_rows(const Tables& tables, const std::vector<LabelRow>& rows) {
  ASSERT_EQ(tables.vm_labels.size(), rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    EXPECT_EQ(tables.vm_labels[row].name, rows[row].label);
    EXPECT_EQ(type_names(tables.ste(VmLabelId(row)), tables.ste_types), rows[row].ste) << rows[row].label;
    EXPECT_EQ(type_names(tables.chw(VmLabelId(row)), tables.chw_types), rows[row].chw) << rows[row].label;
  }
}

class MyTest : public testing::Test {
 protected:
  const Compiled compiled_ = compile_file("examples/policies/mytest-security_policy.xml");
  const Tables& tables_ = compiled_.tables;
};

TEST_F(MyTest, IsVersionOneAndWarnsOfItsConflictSetsNameAlone) {
  EXPECT_EQ(tables_.ref.name, "mytest");
  EXPECT_EQ(tables_.ref.version.text(), "1.0");
  EXPECT_FALSE(compiled_.policy.header.from);
  ASSERT_EQ(compiled_.warnings.size(), 1U);
  EXPECT_NE(compiled_.warnings.front().message.find("'RER' has the same name"), std::string::npos);
}

TEST_F(MyTest, HasSevenTypesOfEachKindInByteOrder) {
  const Names types{"A-Bank",           "A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting", "AutoCorp", "B-Bank",
                    "SystemManagement", "__UNLABELED__"};
  EXPECT_EQ(tables_.ste_types, types);
  EXPECT_EQ(tables_.chw_types, types);
}

TEST_F(MyTest, HasTheRowsOfItsLabels) {
  expect_rows(
      tables_,
      {
          {"__UNLABELED__", {"__UNLABELED__"}, {"__UNLABELED__"}},
          {"SystemManagement", tables_.ste_types, {"SystemManagement"}},
          {"A-Bank", {"A-Bank"}, {"A-Bank"}},
          {"A-Bank.MarketAnalysis", {"A-Bank.MarketAnalysis"}, {"A-Bank", "A-Bank.MarketAnalysis"}},
          {"A-Bank.SecurityUnderwriting", {"A-Bank.SecurityUnderwriting"}, {"A-Bank", "A-Bank.SecurityUnderwriting"}},
          {"AutoCorp", {"AutoCorp"}, {"AutoCorp"}},
          {"B-Bank", {"B-Bank"}, {"B-Bank"}},
      });
  EXPECT_EQ(tables_.bootstrap, VmLabelId(1));
}

TEST_F(MyTest, EnforcesBothConflictSetsOfOneName) {
  ASSERT_EQ(tables_.conflict_sets.size(), 2U);
  EXPECT_EQ(tables_.conflict_sets[0].name, "RER");
  EXPECT_EQ(tables_.conflict_sets[1].name, "RER");
  EXPECT_LT(tables_.conflict_sets[0].line, tables_.conflict_sets[1].line);
  EXPECT_EQ(type_names(tables_.conflicts.row(0), tables_.chw_types), (Names{"A-Bank", "B-Bank", "__UNLABELED__"}));
  EXPECT_EQ(type_names(tables_.conflicts.row(1), tables_.chw_types),
            (Names{"A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting", "__UNLABELED__"}));
}

TEST_F(MyTest, EveryResourceLabelHasItsOwnType) {
  ASSERT_EQ(tables_.resource_labels.size(), 7U);
  for (const Entry& label : tables_.resource_labels) {
    const auto row = tables_.find_resource_label(label.name);
    ASSERT_TRUE(row.has_value()) << label.name;
    EXPECT_EQ(type_names(tables_.ste(*row), tables_.ste_types), Names{label.name});
  }
}

// Who may be linked to whom, and who may use what: a department shares with itself, not even with its own bank.
TEST_F(MyTest, SharesAsTheTableSays) {
  const Names labels{"SystemManagement",      "A-Bank", "A-Bank.SecurityUnderwriting",
                     "A-Bank.MarketAnalysis", "B-Bank", "AutoCorp",
                     "__UNLABELED__"};
  const Names expected{
      "Y Y Y Y Y Y Y",  // SystemManagement
      "Y Y n n n n n",  // A-Bank
      "Y n Y n n n n",  // A-Bank.SecurityUnderwriting
      "Y n n Y n n n",  // A-Bank.MarketAnalysis
      "Y n n n Y n n",  // B-Bank
      "Y n n n n Y n",  // AutoCorp
      "Y n n n n n Y",  // __UNLABELED__
  };
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string domains;
    std::string resources;
    for (const std::string& other : labels) {
      const VmLabelId label = *tables_.find_vm_label(labels[i]);
      domains += share(tables_, label, *tables_.find_vm_label(other)) ? " Y" : " n";
      resources += share(tables_, label, *tables_.find_resource_label(other)) ? " Y" : " n";
    }
    EXPECT_EQ(domains.substr(1), expected[i]) << labels[i] << " with a domain";
    // A resource has its own type alone, also where a domain of that label has them all.
    const std::string with_resources = i == 0 ? expected[i] : "n" + expected[i].substr(1);
    EXPECT_EQ(resources.substr(1), with_resources) << labels[i] << " with a resource";
  }
}

TEST_F(MyTest, EveryLabelIsAuthorizedBySystemManagementAndNoneButItselfByAnother) {
  const VmLabelId system = *tables_.find_vm_label("SystemManagement");
  const VmLabelId bank = *tables_.find_vm_label("A-Bank");
  for (const Entry& label : tables_.vm_labels) {
    const VmLabelId row = *tables_.find_vm_label(label.name);
    EXPECT_TRUE(authorized(tables_, row, system)) << label.name;
    EXPECT_EQ(authorized(tables_, row, bank), row == bank) << label.name;
  }
}

TEST(MyTestUpdate, ReplacesVersionOneAndRenamesTheDepartments) {
  const Compiled compiled = compile_file("examples/policies/mytest_update-security_policy.xml");
  const Header& header = compiled.policy.header;
  EXPECT_EQ(header.name.text, "mytest");
  EXPECT_EQ(header.version.text(), "1.1");
  ASSERT_TRUE(header.from.has_value());
  EXPECT_EQ(header.from->name.text, "mytest");
  EXPECT_EQ(header.from->version.text(), "1.0");
  const Names all{"A-Bank", "A-Bank.MA", "A-Bank.SU", "AutoCorp", "B-Bank", "SystemManagement"};
  EXPECT_EQ(compiled.tables.ste_types, all);
  expect_rows(compiled.tables,
              {
                  {"__UNLABELED__", {}, {}},
                  {"SystemManagement", all, {"SystemManagement"}},
                  {"A-Bank", {"A-Bank"}, {"A-Bank"}},
                  {"A-Bank-WL", {"A-Bank", "A-Bank.MA", "A-Bank.SU", "SystemManagement"}, {"SystemManagement"}},
                  {"A-Bank.MA", {"A-Bank.MA"}, {"A-Bank", "A-Bank.MA"}},
                  {"A-Bank.SU", {"A-Bank.SU"}, {"A-Bank", "A-Bank.SU"}},
                  {"AutoCorp", {"AutoCorp"}, {"AutoCorp"}},
                  {"B-Bank", {"B-Bank"}, {"B-Bank"}},
              });
  EXPECT_FALSE(compiled.tables.unlabeled_defined);
}

TEST(MyTestUpdate, UnderItsWorkloadLabelDomain0AuthorizesOneBankAlone) {
  const Tables tables = compile_file("examples/policies/mytest_update-security_policy.xml").tables;
  const VmLabelId workload = *tables.find_vm_label("A-Bank-WL");
  for (const std::string label : {"A-Bank", "A-Bank.SU", "A-Bank.MA", "A-Bank-WL"}) {
    EXPECT_TRUE(authorized(tables, *tables.find_vm_label(label), workload)) << label;
  }
  for (const std::string label : {"B-Bank", "AutoCorp", "SystemManagement"}) {
    EXPECT_FALSE(authorized(tables, *tables.find_vm_label(label), workload)) << label;
  }
}

}  // namespace
}  // namespace xenacm::policy::test
