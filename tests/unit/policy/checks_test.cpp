// SPDX-License-Identifier: Apache-2.0
// The rules beyond the schema: the class of each violation (acm.md 7), and what is no violation. Their wording and
// positions are in tests/policies/bad.
#include "policy/checks.h"

#include <gtest/gtest.h>

#include "policy/parser.h"
#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

using Codes = std::vector<Code>;

Codes codes_of(const Sample& sample, Severity severity) {
  const Parsed parsed = parse(sample.document());
  EXPECT_TRUE(parsed.diagnostics.empty()) << lines_of(parsed.diagnostics).front();
  Codes codes;
  for (const Diagnostic& diagnostic : check(parsed.policy)) {
    if (diagnostic.severity == severity) codes.push_back(diagnostic.code);
  }
  return codes;
}

std::string renamed_resource(const std::string& name, const std::string& type, const std::string& from = "") {
  return "<ResourceLabel><Name" + (from.empty() ? "" : " from='" + from + "'") + ">" + name +
         "</Name><SimpleTypeEnforcementTypes><Type>" + type + "</Type></SimpleTypeEnforcementTypes></ResourceLabel>";
}

std::string conflict_of(const std::string& name, const std::string& types) {
  return "<Conflict name='" + name + "'>" + types + "</Conflict>";
}

const std::string kRedDom0 = vm_label("dom0", {"red"}, {});

struct Case {
  std::string rule;
  Sample sample;
  Codes errors;
};

TEST(Checks, EveryRuleHasItsCode) {
  const Case cases[] = {
      {"a valid policy", {}, {}},
      {"V5 bootstrap", {.bootstrap = "nobody"}, {Code::inconsistent}},
      {"V6 STE types", {.ste_types = "<Type>a</Type><Type>a</Type>"}, {Code::has_duplicates}},
      {"V6 Chinese Wall types", {.chw_types = "<Type>a</Type><Type>a</Type>"}, {Code::has_duplicates}},
      {"V6 VM labels", {.vm_labels = kRedDom0 + kRedDom0}, {Code::has_duplicates}},
      {"V6 resource labels",
       {.resource_labels = renamed_resource("r", "red") + renamed_resource("r", "red")},
       {Code::has_duplicates}},
      {"V7 VM label", {.vm_labels = vm_label("dom0", {"green"}, {})}, {Code::bad_label}},
      {"V7 resource label", {.resource_labels = renamed_resource("r", "green")}, {Code::bad_label}},
      {"V8", {.vm_labels = vm_label("dom0", {}, {"green"})}, {Code::bad_label}},
      {"undeclared type in a conflict set",
       {.conflict_sets = conflict_of("c", "<Type>red</Type><Type>green</Type>")},
       {Code::bad_conflict_set}},
      {"label with two types of one set",
       {.conflict_sets = conflict_of("c", "<Type>red</Type><Type>blue</Type>"),
        .vm_labels = vm_label("dom0", {}, {"red", "blue"})},
       {Code::bad_conflict_set}},
      {"reserved policy name", {.name = "NULL"}, {Code::bad_policy_name}},
  };
  for (const auto& [rule, sample, errors] : cases) EXPECT_EQ(codes_of(sample, Severity::error), errors) << rule;
}

TEST(Checks, WhatIsOddButHarmlessIsAWarning) {
  const std::string both = "<Type>red</Type><Type>blue</Type>";
  const Case cases[] = {
      {"a type twice in a label", {.vm_labels = vm_label("dom0", {"red", "red"}, {})}, {Code::has_duplicates}},
      {"a type twice in a conflict set",
       {.conflict_sets = conflict_of("c", both + both)},
       {Code::has_duplicates, Code::has_duplicates}},
      {"a conflict set of one type", {.conflict_sets = conflict_of("c", "<Type>red</Type>")}, {Code::bad_conflict_set}},
      {"two conflict sets of one name",
       {.conflict_sets = conflict_of("c", both) + conflict_of("c", both)},
       {Code::bad_conflict_set}},
      {"no STE types", {.ste_types = "", .vm_labels = vm_label("dom0", {}, {"red"})}, {Code::inconsistent}},
  };
  for (const auto& [rule, sample, warnings] : cases) {
    EXPECT_EQ(codes_of(sample, Severity::error), Codes{}) << rule;
    EXPECT_EQ(codes_of(sample, Severity::warning), warnings) << rule;
  }
}

TEST(Checks, WhatTheOldCompilerAcceptedRightlyIsAccepted) {
  const Case cases[] = {
      {"only STE", {.chw_types = ""}, {}},
      {"a VM label and a resource label share a name", {.resource_labels = renamed_resource("dom0", "red")}, {}},
      {"a bootstrap label without all STE types", {.vm_labels = kRedDom0 + vm_label("other", {"blue"}, {})}, {}},
      {"two types of different conflict sets in one label",
       {.conflict_sets = conflict_of("c", "<Type>red</Type>") + conflict_of("d", "<Type>blue</Type>"),
        .vm_labels = vm_label("dom0", {}, {"red", "blue"})},
       {}},
      {"one type of a conflict set that lists it twice",
       {.conflict_sets = conflict_of("c", "<Type>red</Type><Type>red</Type>"),
        .vm_labels = vm_label("dom0", {}, {"red", "blue"})},
       {}},
      {"a type of a conflict set twice in one label",
       {.conflict_sets = conflict_of("c", "<Type>red</Type><Type>blue</Type>"),
        .vm_labels = vm_label("dom0", {}, {"red", "red"})},
       {}},
  };
  for (const auto& [rule, sample, errors] : cases) EXPECT_EQ(codes_of(sample, Severity::error), errors) << rule;
}

TEST(Checks, RenamesAreAllMadeAtOnce) {
  const auto label = [](const std::string& name, const std::string& from) {
    return renamed_resource(name, "red", from);
  };
  struct Rename {
    std::string what;
    std::string labels;
    std::size_t errors;
  };
  for (const auto& [what, labels, errors] : {
           Rename{"a rename", label("B", "A"), 0},
           Rename{"a swap", label("A", "B") + label("B", "A"), 0},
           Rename{"a chain", label("B", "A") + label("C", "B"), 0},
           Rename{"a label renamed to itself", label("A", "A"), 0},
           Rename{"of a label that stays", label("A", "") + label("B", "A"), 1},
           Rename{"two heirs", label("B", "A") + label("C", "A"), 1},
           Rename{"two heirs of a label that stays", label("A", "") + label("B", "A") + label("C", "A"), 3},
       }) {
    EXPECT_EQ(codes_of({.resource_labels = labels}, Severity::error), Codes(errors, Code::bad_label)) << what;
  }
}

TEST(Checks, ATypeIsDeclaredUnderItsWholeNameOnly) {
  struct Use {
    std::string type;
    bool declared;
  };
  // Look-up compares the first eight bytes before all others.
  for (const auto& [type, declared] : {Use{"abcdef", false}, Use{"abcdefg", true}, Use{"abcdefgh", false},
                                       Use{"abcdefghi", true}, Use{"abcdefghij", true}, Use{"abcdefghik", false}}) {
    const Sample sample{.ste_types = "<Type>abcdefghij</Type><Type>abcdefghi</Type><Type>abcdefg</Type>",
                        .vm_labels = vm_label("dom0", {type}, {})};
    EXPECT_EQ(codes_of(sample, Severity::error), Codes(declared ? 0 : 1, Code::bad_label)) << type;
  }
}

TEST(Checks, AMisspeltTypeIsTracedToTheDeclaredOne) {
  struct Spelling {
    std::string used;
    bool traced;
  };
  for (const auto& [used, traced] :
       {Spelling{"Acn", true}, Spelling{"AutoCrop", true}, Spelling{"AutoCorps", true}, Spelling{"utoCorp", true},
        Spelling{"autocorp", true}, Spelling{"B-Bank", false}, Spelling{"X", false}}) {
    const Sample sample{.ste_types = "<Type>Acm</Type><Type>AutoCorp</Type>",
                        .vm_labels = vm_label("dom0", {used}, {})};
    const auto errors = errors_of(sample.document());
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors.front().find("(line 3 declares '") != std::string::npos, traced) << errors.front();
  }
}

TEST(Checks, EveryRepetitionNamesTheFirstDeclaration) {
  Sample sample{.ste_types = "<Type>red</Type>"};
  for (int i = 0; i < 100; ++i) sample.ste_types += "\n<Type>red</Type>";
  const auto errors = errors_of(sample.document());
  ASSERT_EQ(errors.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(errors[static_cast<std::size_t>(i)],
              std::to_string(4 + i) + ":7: error: STE type 'red' is declared again; line 3 declares it first");
  }
}

TEST(Checks, NothingIsSaidOfAPolicyThatCouldNotBeRead) { EXPECT_TRUE(check(Policy{}).empty()); }

TEST(Diagnostics, AreWrittenAsCompilersWriteThem) {
  const Diagnostic error{.severity = Severity::error, .code = Code::bad_xml, .at = {3, 14}, .message = "no"};
  EXPECT_EQ(to_text(error, "policy.xml"), "policy.xml:3:14: error: no");
  const Diagnostic warning{.severity = Severity::warning, .code = Code::bad_xml, .at = {}, .message = "hm"};
  EXPECT_EQ(to_text(warning, "policy.xml"), "policy.xml: warning: hm");
  EXPECT_TRUE(has_errors({warning, error}));
  EXPECT_FALSE(has_errors({warning}));
}

TEST(Diagnostics, EveryCodeHasTheWordsOfTheManual) {
  EXPECT_EQ(describe(Code::xml_processing), "Error while processing XML");
  EXPECT_EQ(describe(Code::bad_xml), "XML is malformed");
  EXPECT_EQ(describe(Code::bad_policy_name), "The policy has an invalid name");
  EXPECT_EQ(describe(Code::bad_label), "The label is bad");
  EXPECT_EQ(describe(Code::inconsistent), "Policy has inconsistencies");
  EXPECT_EQ(describe(Code::has_duplicates), "Duplicate labels or types in policy");
  EXPECT_EQ(describe(Code::bad_conflict_set), "There is a bad conflict set");
}

}  // namespace
}  // namespace xenacm::policy::test
