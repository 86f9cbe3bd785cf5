// SPDX-License-Identifier: Apache-2.0
// Policy -> tables: order of rows, reserved labels, the DEFAULT policy.
#include "policy/compiler.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

using Names = std::vector<std::string>;

Tables tables_of(const Sample& sample) { return compile_document(sample.document()).value().tables; }

Names names_of(const std::vector<Entry>& entries) {
  Names names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

std::string resource(const std::string& name, const std::string& type) {
  return "<ResourceLabel><Name>" + name + "</Name><SimpleTypeEnforcementTypes><Type>" + type +
         "</Type></SimpleTypeEnforcementTypes></ResourceLabel>";
}

TEST(Compiler, TypesAreInByteOrder) {
  const Tables tables =
      tables_of({.ste_types = "<Type>b</Type><Type>_</Type><Type>B</Type><Type>b-</Type><Type>b.</Type>"
                              "<Type>\xC3\xA4</Type>"});
  EXPECT_EQ(tables.ste_types, (Names{"B", "_", "b", "b-", "b.", "\xC3\xA4"}));
}

TEST(Compiler, UnlabeledAndBootstrapComeFirstThenByteOrder) {
  const Sample sample{.bootstrap = "m",
                      .vm_labels = vm_label("z", {"red"}, {}) + vm_label("m", {"red"}, {}) +
                                   vm_label("__UNLABELED__", {"blue"}, {"blue"}) + vm_label("a", {}, {})};
  const Tables tables = tables_of(sample);
  EXPECT_EQ(names_of(tables.vm_labels), (Names{"__UNLABELED__", "m", "a", "z"}));
  EXPECT_TRUE(tables.unlabeled_defined);
  EXPECT_EQ(type_names(tables.ste(Tables::kUnlabeledRow), tables.ste_types), Names{"blue"});
  EXPECT_EQ(type_names(tables.chw(Tables::kUnlabeledRow), tables.chw_types), Names{"blue"});
  for (std::size_t row = 0; row < tables.vm_labels.size(); ++row) {
    EXPECT_EQ(tables.find_vm_label(tables.vm_labels[row].name), VmLabelId(row));
  }
  EXPECT_EQ(tables.find_vm_label("b"), std::nullopt);
  EXPECT_EQ(tables.find_vm_label(""), std::nullopt);
}

TEST(Compiler, RowZeroHasNoTypesWhereUnlabeledIsNotDefined) {
  const Tables tables = tables_of({});
  EXPECT_EQ(names_of(tables.vm_labels), (Names{"__UNLABELED__", "dom0"}));
  EXPECT_FALSE(tables.unlabeled_defined);
  EXPECT_EQ(tables.find_vm_label("__UNLABELED__"), std::nullopt);
  EXPECT_FALSE(share(tables, Tables::kUnlabeledRow, tables.bootstrap));
  EXPECT_FALSE(share(tables, Tables::kUnlabeledRow, Tables::kUnlabeledRow));
}

TEST(Compiler, UnlabeledMayBeTheBootstrapLabel) {
  const Tables tables = tables_of(
      {.bootstrap = "__UNLABELED__",
       .vm_labels = vm_label("z", {"red"}, {}) + vm_label("__UNLABELED__", {"red"}, {}) + vm_label("a", {"red"}, {})});
  EXPECT_EQ(names_of(tables.vm_labels), (Names{"__UNLABELED__", "a", "z"}));
  EXPECT_EQ(tables.bootstrap, Tables::kUnlabeledRow);
  EXPECT_EQ(tables.find_vm_label("a"), VmLabelId(1));
  EXPECT_EQ(tables.find_vm_label("__UNLABELED__"), Tables::kUnlabeledRow);
}

TEST(Compiler, ResourceLabelsAreInByteOrderWithTheirOneType) {
  const Tables tables =
      tables_of({.resource_labels = resource("z", "red") + resource("a", "blue") + resource("n", "")});
  EXPECT_EQ(names_of(tables.resource_labels), (Names{"a", "n", "z"}));
  EXPECT_EQ(type_names(tables.ste(*tables.find_resource_label("a")), tables.ste_types), Names{"blue"});
  EXPECT_EQ(type_names(tables.ste(*tables.find_resource_label("z")), tables.ste_types), Names{"red"});
  EXPECT_EQ(type_names(tables.ste(*tables.find_resource_label("n")), tables.ste_types), Names{});
  EXPECT_EQ(tables.find_resource_label("dom0"), std::nullopt);
}

TEST(Compiler, TheUnlabeledResourceHasTheTypesOfTheUnlabeledDomain) {
  const Tables tables = tables_of({.vm_labels = vm_label("dom0", {"red"}, {}) + vm_label("__UNLABELED__", {"blue"}, {}),
                                   .resource_labels = resource("__UNLABELED__", "red")});
  EXPECT_EQ(type_names(tables.ste(*tables.find_resource_label("__UNLABELED__")), tables.ste_types), Names{"blue"});

  const Tables undefined = tables_of({.resource_labels = resource("__UNLABELED__", "red")});
  EXPECT_EQ(type_names(undefined.ste(*undefined.find_resource_label("__UNLABELED__")), undefined.ste_types), Names{});
}

TEST(Compiler, ConflictSetsAreByNameThenAsInTheDocument) {
  const Tables tables = tables_of({.chw_types = "<Type>a</Type><Type>b</Type><Type>c</Type>",
                                   .conflict_sets = "<Conflict name='y'><Type>c</Type><Type>a</Type></Conflict>\n"
                                                    "<Conflict name='x'><Type>a</Type><Type>b</Type></Conflict>\n"
                                                    "<Conflict name='y'><Type>b</Type><Type>c</Type></Conflict>"});
  EXPECT_EQ(names_of(tables.conflict_sets), (Names{"x", "y", "y"}));
  EXPECT_EQ(type_names(tables.conflicts.row(0), tables.chw_types), (Names{"a", "b"}));
  EXPECT_EQ(type_names(tables.conflicts.row(1), tables.chw_types), (Names{"a", "c"}));
  EXPECT_EQ(type_names(tables.conflicts.row(2), tables.chw_types), (Names{"b", "c"}));
  EXPECT_EQ(tables.conflict_sets[0].line, 5U);
  EXPECT_EQ(tables.conflict_sets[2].line, 6U);
}

TEST(Compiler, TypesBeyondOneWordOfBitsAreKeptApart) {
  Sample sample{.ste_types = "", .bootstrap = "l0", .vm_labels = ""};
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(1000 + i);
    sample.ste_types += "<Type>t" + number + "</Type>";
    sample.vm_labels += vm_label("l" + std::to_string(i), {"t" + number}, {});
  }
  const Tables tables = tables_of(sample);
  for (std::size_t a = 1; a < tables.vm_labels.size(); ++a) {
    for (std::size_t b = 1; b < tables.vm_labels.size(); ++b) {
      ASSERT_EQ(share(tables, VmLabelId(a), VmLabelId(b)), a == b) << a << ' ' << b;
    }
  }
}

TEST(Compiler, AuthorizedIsANonEmptySubsetOfDomain0) {
  const Tables tables = tables_of(
      {.bootstrap = "both",
       .vm_labels = vm_label("both", {"red", "blue"}, {}) + vm_label("none", {}, {}) + vm_label("red", {"red"}, {})});
  const auto row = [&](std::string_view name) { return *tables.find_vm_label(name); };
  EXPECT_TRUE(authorized(tables, row("red"), row("both")));
  EXPECT_TRUE(authorized(tables, row("both"), row("both")));
  EXPECT_FALSE(authorized(tables, row("none"), row("both")));
  EXPECT_FALSE(authorized(tables, row("both"), row("red")));
  EXPECT_FALSE(authorized(tables, Tables::kUnlabeledRow, row("both")));
}

TEST(Compiler, AnErrorKeepsThePolicyOutAndTheWarningsIn) {
  const auto compiled = compile_document(
      Sample{.conflict_sets = "<Conflict name='x'><Type>red</Type></Conflict>", .bootstrap = "nobody"}.document());
  ASSERT_FALSE(compiled.has_value());
  ASSERT_EQ(compiled.error().size(), 2U);
  EXPECT_EQ(compiled.error()[0].severity, Severity::warning);
  EXPECT_EQ(compiled.error()[1].severity, Severity::error);
}

TEST(Compiler, ThePolicyIsNamedByTheDigestOfItsDocument) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string document = Sample{.name = "a.b", .version = "2.03"}.document();
  const PolicyRef expected{.name = "a.b", .version = {.major = 2, .minor = 3}, .digest = digest_of(document)};
  EXPECT_EQ(compile_document(document).value().tables.ref, expected);
  EXPECT_NE(compile_document(document + "\n").value().tables.ref, expected);
}

TEST(Version, IsComparedAsTwoNumbers) {
  EXPECT_LT((Version{.major = 1, .minor = 9}), (Version{.major = 1, .minor = 10}));
  EXPECT_LT((Version{.major = 1, .minor = 10}), (Version{.major = 2, .minor = 0}));
  EXPECT_EQ((Version{.major = 1, .minor = 10}).text(), "1.10");
}

class DefaultPolicy : public testing::Test {
 protected:
  const Compiled compiled_ = compile_document(default_document()).value();
  const Tables& tables_ = compiled_.tables;
};

TEST_F(DefaultPolicy, CompilesWithoutAWarning) {
  EXPECT_TRUE(compiled_.warnings.empty());
  EXPECT_EQ(tables_.ref.name, kDefaultPolicyName);
  EXPECT_EQ(tables_.ref.version, (Version{.major = 1, .minor = 0}));
}

TEST_F(DefaultPolicy, HasTheOneLabelSystemManagement) {
  EXPECT_EQ(names_of(tables_.vm_labels), (Names{"__UNLABELED__", "SystemManagement"}));
  EXPECT_FALSE(tables_.unlabeled_defined);
  EXPECT_EQ(tables_.bootstrap, *tables_.find_vm_label("SystemManagement"));
  EXPECT_TRUE(tables_.resource_labels.empty());
  EXPECT_TRUE(tables_.conflict_sets.empty());
}

TEST_F(DefaultPolicy, AuthorizesNobody) {
  for (std::size_t row = 0; row < tables_.vm_labels.size(); ++row) {
    EXPECT_FALSE(authorized(tables_, VmLabelId(row), tables_.bootstrap)) << tables_.vm_labels[row].name;
  }
}

}  // namespace
}  // namespace xenacm::policy::test
