// SPDX-License-Identifier: Apache-2.0
// All that is said of a document: by the check and by the lint.
#include <gtest/gtest.h>

#include "policy/lint.h"
#include "tests/unit/policy/two_parties.h"

namespace xenacm::policy::test {
namespace {

TEST(Examine, SaysEverythingInTheOrderOfTheDocument) {
  Sample sample = two_parties();
  sample.ste_types = types({"red", "blue", "green"});
  sample.conflict_sets += conflict("d", {"red"});
  sample.vm_labels += vm_label("x", {}, {});
  EXPECT_EQ(lines_of(examine(sample.document())),
            (Lines{"6:7: warning: STE type 'green' is in no label: nothing is shared through it; give it to the labels "
                   "that shall share, or remove it",
                   "11:17: warning: conflict set 'd' has a single type, so that nothing is ever in conflict through it",
                   "17:28: warning: VM label 'x' has no types: no domain is ever authorized to run with it; give it an "
                   "STE type, or remove it"}));
}

TEST(Examine, OfADocumentWithErrorsSaysWhatTheCompilerSays) {
  Sample sample = two_parties();
  sample.ste_types = types({"red", "blue", "green"});
  sample.vm_labels += vm_label("x", {"grey", "red", "red"}, {});
  const auto compiled = compile_document(sample.document());
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().size(), 2U);
  EXPECT_EQ(lines_of(examine(sample.document())), lines_of(compiled.error()));
}

TEST(Examine, OfEachExamplePolicySaysWhatIsExpected) {
  struct Example {
    std::string file;
    Lines diagnostics;
  };
  const Example examples[] = {
      {"example/client_v1",
       {"122:15: warning: resource label 'res_ManagementResource' has the STE type 'ste_SystemManagement', which no VM "
        "label but the bootstrap label 'SystemManagement' (line 47) has: only Domain-0 could use what it labels; if "
        "that is not meant, give 'ste_SystemManagement' to the VM labels that shall use it",
        "165:15: warning: resource label 'res_GraphicsAdapter' has the STE type 'ste_SystemManagement', which no VM "
        "label but the bootstrap label 'SystemManagement' (line 47) has: only Domain-0 could use what it labels; if "
        "that is not meant, give 'ste_SystemManagement' to the VM labels that shall use it"}},
      {"example/test",
       {"82:15: warning: resource label 'SystemManagement' has the STE type 'SystemManagement', which no VM label but "
        "the bootstrap label 'SystemManagement' (line 34) has: only Domain-0 could use what it labels; if that is not "
        "meant, give 'SystemManagement' to the VM labels that shall use it"}},
      {"mytest",
       {"56:23: warning: conflict set 'RER' has the same name as another (line 51); both are enforced",
        "157:15: warning: resource label 'SystemManagement' has the STE type 'SystemManagement', which no VM label but "
        "the bootstrap label 'SystemManagement' (line 71) has: only Domain-0 could use what it labels; if that is not "
        "meant, give 'SystemManagement' to the VM labels that shall use it"}},
      {"mytest_update",
       {"48:23: warning: conflict set 'RER' has the same name as another (line 44); both are enforced"}},
  };
  const std::filesystem::path folder = in_source("examples/policies");
  EXPECT_EQ(xml_files(folder).size(), std::size(examples));
  for (const auto& [file, diagnostics] : examples) {
    EXPECT_EQ(lines_of(examine(contents(folder / (file + "-security_policy.xml")))), diagnostics) << file;
  }
}

}  // namespace
}  // namespace xenacm::policy::test
