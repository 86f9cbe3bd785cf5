// SPDX-License-Identifier: Apache-2.0
// Conflict sets and names that are legal but suspicious: each rule with its words and its place, and what is left
// alone.
#include <gtest/gtest.h>

#include "policy/lint.h"
#include "tests/unit/policy/two_parties.h"

namespace xenacm::policy::test {
namespace {

TEST(Lint, FindsConflictSetsThatAddNothing) {
  expect_warnings({
      {"contained in a later one",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels += kGreen;
         p.conflict_sets = conflict("small", {"red", "blue"}) + conflict("large", {"red", "green", "blue"});
       },
       {"8:17: warning: conflict set 'small' adds nothing: conflict set 'large' (line 11) has all its types; remove "
        "it, or correct its types"}},
      {"contained in an earlier one",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels += kGreen;
         p.conflict_sets = conflict("large", {"red", "green", "blue"}) + conflict("small", {"red", "blue"});
       },
       {"12:17: warning: conflict set 'small' adds nothing: conflict set 'large' (line 8) has all its types; remove "
        "it, or correct its types"}},
      {"the same types in another order: the second is told of",
       [](Sample& p) { p.conflict_sets = conflict("z", {"red", "blue"}) + conflict("a", {"blue", "red"}); },
       {"8:17: warning: conflict set 'a' adds nothing: conflict set 'z' (line 5) has all its types; remove it, or "
        "correct its types"}},
      {"the same types thrice",
       [](Sample& p) {
         p.conflict_sets =
             conflict("z", {"red", "blue"}) + conflict("a", {"blue", "red"}) + conflict("m", {"red", "blue"});
       },
       {"8:17: warning: conflict set 'a' adds nothing: conflict set 'z' (line 5) has all its types; remove it, or "
        "correct its types",
        "11:17: warning: conflict set 'm' adds nothing: conflict set 'a' (line 8) has all its types; remove it, or "
        "correct its types"}},
      {"overlapping",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels += kGreen;
         p.conflict_sets += conflict("d", {"blue", "green"});
       },
       {}},
      {"one type, of which the check warns", [](Sample& p) { p.conflict_sets += conflict("d", {"blue"}); }, {}},
  });
}

TEST(Lint, FindsConflictSetsThatDomain0KeepsOthersOutBy) {
  expect_warnings({
      {"a type of the bootstrap label",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels = kDom0InGreen + kRed + kBlue;
         p.conflict_sets = conflict("d", {"red", "green", "blue"});
       },
       {"10:7: warning: conflict set 'd' has the Chinese Wall type 'green' of the bootstrap label 'dom0' (line 13): "
        "Domain-0 always runs, so that no domain with another type of the set ever can: 'blue', 'red'; take 'green' "
        "out of the set, or give that label another type"}},
      {"a single type, of which the check warns",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels = kDom0InGreen + kRed + kBlue;
         p.conflict_sets += conflict("d", {"green"});
       },
       {}},
  });
}

TEST(Lint, FindsNamesThatDifferInCaseAlone) {
  expect_warnings({
      {"STE types",
       [](Sample& p) {
         p.ste_types = types({"red", "blue", "Red"});
         p.vm_labels = vm_label("dom0", {"red", "blue", "Red"}, {}) + kRed + kBlue + vm_label("x", {"Red"}, {});
         p.resource_labels += resource_label("x", "Red");
       },
       {"6:7: warning: STE type 'Red' differs from STE type 'red' (line 4) in case alone: they are two, and whoever "
        "writes one may mean the other; rename one, or spell both alike"}},
      {"Chinese Wall types",
       [](Sample& p) {
         p.chw_types = types({"red", "blue", "BLUE"});
         p.vm_labels += vm_label("x", {"red"}, {"BLUE"});
       },
       {"7:7: warning: Chinese Wall type 'BLUE' differs from Chinese Wall type 'blue' (line 6) in case alone: they are "
        "two, and whoever writes one may mean the other; rename one, or spell both alike"}},
      {"conflict sets",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels += kGreen;
         p.conflict_sets += conflict("C", {"red", "green"});
       },
       {"11:17: warning: conflict set 'C' differs from conflict set 'c' (line 8) in case alone: they are two, and "
        "whoever writes one may mean the other; rename one, or spell both alike"}},
      {"VM labels",
       [](Sample& p) { p.vm_labels += vm_label("R", {"red"}, {}); },
       {"12:28: warning: label 'R' differs from label 'r' (line 10) in case alone: they are two, and whoever writes "
        "one may mean the other; rename one, or spell both alike"}},
      {"resource labels",
       [](Sample& p) { p.resource_labels += resource_label("B", "blue"); },
       {"17:22: warning: label 'B' differs from label 'b' (line 11) in case alone: they are two, and whoever writes "
        "one may mean the other; rename one, or spell both alike"}},
      {"a VM label and a resource label",
       [](Sample& p) {
         p.vm_labels = kDom0 + vm_label("net", {"red"}, {"red"}) + kBlue;
         p.resource_labels = resource_label("Net", "red") + resource_label("b", "blue");
       },
       {"15:22: warning: label 'Net' differs from label 'net' (line 10) in case alone: they are two, and whoever "
        "writes one may mean the other; rename one, or spell both alike"}},
      {"three spellings",
       [](Sample& p) {
         p.vm_labels += vm_label("xy", {"red"}, {}) + vm_label("xY", {"red"}, {}) + vm_label("Xy", {"red"}, {});
       },
       {"13:28: warning: label 'xY' differs from label 'xy' (line 12) in case alone: they are two, and whoever writes "
        "one may mean the other; rename one, or spell both alike",
        "14:28: warning: label 'Xy' differs from label 'xy' (line 12) in case alone: they are two, and whoever writes "
        "one may mean the other; rename one, or spell both alike"}},
      {"the same two spellings of VM labels and resource labels: said once",
       [](Sample& p) {
         p.vm_labels += vm_label("R", {"red"}, {});
         p.resource_labels += resource_label("R", "red");
       },
       {"12:28: warning: label 'R' differs from label 'r' (line 10) in case alone: they are two, and whoever writes "
        "one may mean the other; rename one, or spell both alike"}},
      {"a type and a label", [](Sample& p) { p.vm_labels += vm_label("Red", {"red"}, {}); }, {}},
  });
}

TEST(Lint, ComparesThousandsOfConflictSets) {
  constexpr std::size_t kSets = 3000;
  const auto named = [](std::size_t i) { return "t" + std::to_string(i); };
  const Lines lines = lint_of([&](Sample& p) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kSets + 2; ++i) names.push_back(named(i));
    p.chw_types = types(names);
    p.vm_labels = kDom0 + vm_label("r", {"red"}, {}) + vm_label("b", {"blue"}, {});
    p.conflict_sets = conflict("c", {named(kSets), named(kSets + 1)});
    for (std::size_t i = 0; i < kSets; ++i) {
      p.conflict_sets += conflict("c" + std::to_string(i), {named(i), named(i + 1), named(i + 2)});
    }
  });
  // No label has any of the types: a thousand warnings are listed, the others counted.
  ASSERT_EQ(lines.size(), 1001U);
  EXPECT_TRUE(lines.back().ends_with("2003 more like these are not listed")) << lines.back();
}

}  // namespace
}  // namespace xenacm::policy::test
