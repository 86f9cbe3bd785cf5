// SPDX-License-Identifier: Apache-2.0
// Types and labels that are legal but suspicious: each rule with its words and its place, and what is left alone.
#include "policy/lint.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/two_parties.h"

namespace xenacm::policy::test {
namespace {

TEST(Lint, LeavesASoundPolicyAlone) {
  expect_warnings({{"two parties", [](Sample&) {}, {}}});
}

TEST(Lint, FindsTypesThatNoLabelCarries) {
  expect_warnings({
      {"STE type in no label",
       [](Sample& p) { p.ste_types = kGreenToo; },
       {"6:7: warning: STE type 'green' is in no label: nothing is shared through it; give it to the labels that shall "
        "share, or remove it"}},
      {"STE type of the bootstrap label alone",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.vm_labels = kDom0WithGreen + kRed + kBlue;
       },
       {"6:7: warning: STE type 'green' is in no label but the bootstrap label 'dom0' (line 12): only Domain-0 has it, "
        "so that nothing is shared through it; give it to the labels that shall share, or remove it"}},
      {"Chinese Wall type in no label",
       [](Sample& p) { p.chw_types = kGreenToo; },
       {"7:7: warning: Chinese Wall type 'green' is in no VM label: no domain ever runs with it, so that it keeps "
        "nothing out; give it to the labels that it is meant for, or remove it"}},
      {"Chinese Wall type of the bootstrap label alone",
       [](Sample& p) {
         p.chw_types = kGreenToo;
         p.vm_labels = kDom0InGreen + kRed + kBlue;
       },
       {}},
      {"STE type of a resource label alone: the label is told of",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.resource_labels += resource_label("g", "green");
       },
       {"20:22: warning: resource label 'g' has the STE type 'green', which no VM label has: nobody could use what it "
        "labels; give 'green' to the VM labels that shall use it"}},
      {"STE type of a resource label that nobody may use anyway",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.resource_labels += resource_label("__INACCESSIBLE__", "green");
       },
       {"6:7: warning: STE type 'green' is in no label: nothing is shared through it; give it to the labels that shall "
        "share, or remove it"}},
  });
}

TEST(Lint, FindsVmLabelsThatAreOfNoUse) {
  expect_warnings({
      {"no types at all",
       [](Sample& p) { p.vm_labels += vm_label("x", {}, {}); },
       {"12:28: warning: VM label 'x' has no types: no domain is ever authorized to run with it; give it an STE type, "
        "or remove it"}},
      {"no STE types",
       [](Sample& p) { p.vm_labels += vm_label("x", {}, {"red"}); },
       {"12:28: warning: VM label 'x' has no STE types: no domain is ever authorized to run with it; give it an STE "
        "type, or remove it"}},
      {"a type that the bootstrap label lacks",
       [](Sample& p) { p.vm_labels = vm_label("dom0", {"red"}, {}) + kRed + kBlue; },
       {"11:28: warning: VM label 'b' has STE types that the bootstrap label 'dom0' (line 9) lacks ('blue'): no domain "
        "may run as 'b' while Domain-0 has that label; give them to that label too, or take them from 'b'"}},
      {"many types that the bootstrap label lacks",
       [](Sample& p) {
         p.ste_types = types({"red", "blue", "t1", "t2", "t3", "t4", "t5", "t6", "t7"});
         p.vm_labels += vm_label("x", {"red", "t1", "t2", "t3", "t4", "t5", "t6", "t7"}, {});
       },
       {"21:28: warning: VM label 'x' has STE types that the bootstrap label 'dom0' (line 18) lacks ('t1', 't2', 't3', "
        "'t4', 't5' and 2 more): no domain may run as 'x' while Domain-0 has that label; give them to that label too, "
        "or take them from 'x'"}},
      {"a bootstrap label without STE types: said once",
       [](Sample& p) { p.vm_labels = vm_label("dom0", {}, {}) + kRed + kBlue; },
       {"9:28: warning: bootstrap label 'dom0' has no STE types, so that no label is authorized to run: only Domain-0 "
        "can; give it all STE types that domains shall have"}},
      {"a label that has no resource and no other label to be linked to",
       [](Sample& p) { p.resource_labels = resource_label("b", "blue"); },
       {"10:28: warning: VM label 'r' shares no STE type with any label but the bootstrap label: its domains can use "
        "no labelled resource, and be linked to Domain-0 and each other alone; give one of its types to a resource "
        "label, or give it a type of another label"}},
      {"a label that has another label to be linked to",
       [](Sample& p) {
         p.resource_labels = resource_label("b", "blue");
         p.vm_labels += vm_label("server", {"red", "blue"}, {});
       },
       {}},
      {"where no resource is labelled, Domain-0 serves all", [](Sample& p) { p.resource_labels = ""; }, {}},
      {"what has no label shares with resources without one",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.vm_labels = kDom0WithGreen + kRed + kBlue + vm_label("__UNLABELED__", {"green"}, {});
       },
       {}},
  });
}

TEST(Lint, FindsResourceLabelsThatNobodyCanUse) {
  expect_warnings({
      {"no type",
       [](Sample& p) { p.resource_labels += resource_label("x", ""); },
       {"17:22: warning: resource label 'x' has no STE type: nobody may use what it labels, not even Domain-0; give it "
        "a type, or use '__INACCESSIBLE__' if that is meant"}},
      {"a type of the bootstrap label alone",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.vm_labels = kDom0WithGreen + kRed + kBlue;
         p.resource_labels += resource_label("x", "green");
       },
       {"20:22: warning: resource label 'x' has the STE type 'green', which no VM label but the bootstrap label 'dom0' "
        "(line 12) has: only Domain-0 could use what it labels; if that is not meant, give 'green' to the VM labels "
        "that shall use it"}},
      {"a type of no VM label",
       [](Sample& p) {
         p.ste_types = kGreenToo;
         p.resource_labels += resource_label("x", "green");
       },
       {"20:22: warning: resource label 'x' has the STE type 'green', which no VM label has: nobody could use what it "
        "labels; give 'green' to the VM labels that shall use it"}},
      {"__UNLABELED__ and __INACCESSIBLE__, whose own types have no effect",
       [](Sample& p) {
         p.resource_labels += resource_label("__UNLABELED__", "") + resource_label("__INACCESSIBLE__", "");
       },
       {}},
  });
}

TEST(Lint, WithABootstrapLabelThatDomainsWithoutALabelHaveNothingIsDomain0sAlone) {
  expect_warnings({{"a type, and a resource label, that no other label has",
                    [](Sample& p) {
                      p.ste_types = kGreenToo;
                      p.bootstrap = "__UNLABELED__";
                      p.vm_labels = vm_label("__UNLABELED__", {"red", "blue", "green"}, {}) + kRed + kBlue;
                      p.resource_labels += resource_label("g", "green");
                    },
                    {}}});
}

TEST(Lint, OfTheDefaultPolicySaysThatOnlyDomain0CanRun) {
  const auto compiled = compile_document(default_document());
  ASSERT_TRUE(compiled);
  const Lines lines = lines_of(lint(compiled->policy, compiled->tables));
  EXPECT_EQ(lines,
            (Lines{"9:13: warning: STE type 'SystemManagement' is in no label: nothing is shared through it; give it "
                   "to the labels that shall share, or remove it",
                   "14:13: warning: Chinese Wall type 'SystemManagement' is in no VM label: no domain ever runs with "
                   "it, so that it keeps nothing out; give it to the labels that it is meant for, or remove it",
                   "20:15: warning: bootstrap label 'SystemManagement' has no STE types, so that no label is "
                   "authorized to run: only Domain-0 can; give it all STE types that domains shall have"}));
}

TEST(Lint, SaysNothingOfLabelsWhereTheCheckSaysThatNothingCanRun) {
  expect_warnings({{"a policy without STE types",
                    [](Sample& p) {
                      p.ste_types = "";
                      p.vm_labels = vm_label("dom0", {}, {}) + vm_label("r", {}, {"red"}) + vm_label("b", {}, {"blue"});
                      p.resource_labels = resource_label("x", "");
                    },
                    {}}});
}

}  // namespace
}  // namespace xenacm::policy::test
