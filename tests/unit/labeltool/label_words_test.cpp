// SPDX-License-Identifier: Apache-2.0
// The words that addlabel, rmlabel and getlabel have in common (acm.md 5)
#include "labeltool/label_words.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

TEST(VifWords, NameAVifOfADomain) {
  EXPECT_TRUE(is_vif("vif-0"));
  EXPECT_TRUE(is_vif("vif-"));
  EXPECT_FALSE(is_vif("vif"));
  EXPECT_EQ(vif_label_target("vif-0", "a b"), "/v1/domains/a%20b/vifs/0/label");
  EXPECT_EQ(vif_label_target("vif-1023", "a"), "/v1/domains/a/vifs/1023/label");
}

TEST(VifWords, WithABadIndexAreRefusedAndTheFormShown) {
  for (const char* kind : {"vif-", "vif-x", "vif-1x", "vif--1", "vif-1024", "vif-99999999999", "vif- 1", "vif-0x1"}) {
    const auto target = vif_label_target(kind, "a");
    ASSERT_FALSE(target) << kind;
    EXPECT_TRUE(
        target.error().message.starts_with("Bad VIF index. ('" + std::string(kind) + "'; the form is vif-INDEX"))
        << target.error().message;
  }
}

TEST(PolicyWords, NameAPolicyWithOrWithoutItsType) {
  EXPECT_EQ(policy_named_by("mytest"), "mytest");
  EXPECT_EQ(policy_named_by("ACM:mytest"), "mytest");
  EXPECT_EQ(policy_named_by("acm:my.test"), "my.test");
}

TEST(PolicyWords, InAnotherFormAreRefusedAndTheFormShown) {
  for (const char* word : {"a:b:c", "ACM:a:b", "ACM:", ":a", ":", ""}) {
    const auto policy = policy_named_by(word);
    ASSERT_FALSE(policy) << word;
    EXPECT_EQ(policy.error().message,
              "Policy name in wrong format. ('" + std::string(word) + "'; the form is [ACM:]POLICY)");
  }
  EXPECT_EQ(policy_named_by("FLASK:a").error().message, "Unsupported policytype 'FLASK'. (the form is [ACM:]POLICY)");
}

TEST(Introduced, PutsWordsBeforeWhatTheDaemonSaysAlone) {
  EXPECT_EQ(introduced({.message = "no", .details = {}, .answer = 409}, "It went wrong: ").message,
            "It went wrong: no");
  EXPECT_EQ(introduced({.message = "no daemon", .details = {}}, "It went wrong: ").message, "no daemon");
}

}  // namespace
}  // namespace xenacm::labeltool
