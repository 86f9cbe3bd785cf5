// SPDX-License-Identifier: Apache-2.0
// Which labels of an old host are taken over, and what is said of the others
#include <gtest/gtest.h>

#include <map>

#include "labeltool/import/plan.h"
#include "labeltool/text_file.h"
#include "policy/compiler.h"

namespace xenacm::labeltool::test {
namespace {

using Strings = std::vector<std::string>;

class ImportPlan : public testing::Test {
 protected:
  void SetUp() override {
    const auto text = read_file(XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml");
    ASSERT_TRUE(text);
    policy = policy::compile_document(*text).value().policy;
    host = {.thing = [this](const monitor::ResourceName& name) -> std::optional<std::string> {
              const auto found = things.find(name.get());
              return found == things.end() ? std::nullopt : std::optional(found->second);
            },
            .recorded = [this](const Import& import) -> std::expected<std::string, std::string> {
              return records[import.name];
            },
            .running = {}};
  }
  void resources(const std::vector<OldLabel>& labels) { plan_resources(policy, "F", labels, host, plan); }
  void domain(const std::string& name, const std::string& label, const std::string& named = "mytest") {
    plan_domain(policy, {"C", name, {}, named, label}, host, plan);
  }
  // "NAME LABEL ORIGIN"
  static Strings names(const std::vector<Import>& imports) {
    Strings all;
    for (const Import& import : imports) all.push_back(import.name + " " + import.label + " " + import.origin);
    return all;
  }
  void expect_left(const std::string& why, const std::string& way_out) const {
    EXPECT_EQ(names(plan.take), Strings());
    ASSERT_EQ(plan.left.size(), 1U) << why;
    EXPECT_EQ(plan.left.front().why, why);
    EXPECT_EQ(plan.left.front().way_out, way_out);
  }

  policy::Policy policy;
  std::map<std::string, std::string> things{{"file:/a", "1"}, {"tap:aio:/a", "1"}, {"phy:/dev/b", "2"}};
  std::map<std::string, std::string> records;  // of this host
  Host host;
  Plan plan;
};

TEST_F(ImportPlan, TakesWhatIsThereUnderItsCanonicalName) {
  resources({{"phy:b", "ACM", "mytest", "A-Bank", {2, 5}}, {"file:/a", "ACM", "mytest", "B-Bank", {3, 5}}});
  domain("client", "AutoCorp");
  EXPECT_EQ(names(plan.take), (Strings{"phy:/dev/b A-Bank F:2", "file:/a B-Bank F:3", "client AutoCorp C"}));
  EXPECT_TRUE(plan.left.empty());
}

TEST_F(ImportPlan, TakesWhatNobodyMayUseUnderEveryPolicy) {
  resources({{"file:/a", "ACM", "*", "__INACCESSIBLE__", {2, 5}}});
  EXPECT_EQ(names(plan.take), Strings{"file:/a __INACCESSIBLE__ F:2"});
}

TEST_F(ImportPlan, HasNothingToDoForWhatHasItsLabel) {
  records = {{"file:/a", "ACM:mytest:A-Bank"}, {"client", "ACM:mytest:A-Bank"}};
  host.running = {"client"};
  resources({{"file:/a", "ACM", "mytest", "A-Bank", {2, 5}}, {"tap:aio:/a", "ACM", "mytest", "A-Bank", {3, 5}}});
  domain("client", "A-Bank");
  EXPECT_TRUE(plan.take.empty());
  EXPECT_TRUE(plan.left.empty());
  EXPECT_EQ(names(plan.present), (Strings{"file:/a A-Bank F:2", "tap:aio:/a A-Bank F:3", "client A-Bank C"}));
}

TEST_F(ImportPlan, SaysOfEachEntryWhyItIsLeftAndWhatWouldHelp) {
  struct Case {
    OldLabel old;
    std::string why, way_out;
  };
  const Case cases[] = {
      {{"file:/gone", "ACM", "mytest", "A-Bank", {}},
       "nothing is there any more",
       "put it back; or label the bare name: labeltool addlabel A-Bank res file:/gone"},
      {{"file:/a", "ACM", "mytest", "C-Bank", {}},
       "policy 'mytest' has no such label of resources",
       "declare it in the document, or choose one that is there: labeltool addlabel LABEL res file:/a"},
      {{"file:/a", "ACM", "other", "A-Bank", {}},
       "the label is of policy 'other', not of 'mytest'",
       "import the document of that policy, or choose a label: labeltool addlabel LABEL res file:/a"},
      {{"file:/a", "INV_ACM", "mytest", "A-Bank", {}},
       "a change of the old policy had taken the meaning from its label (INV_ACM)",
       "choose a label: labeltool addlabel LABEL res file:/a"},
      {{"file:/a", "FLASK", "mytest", "A-Bank", {}},
       "'FLASK' is no policy type; ACM is",
       "choose a label: labeltool addlabel LABEL res file:/a"},
  };
  for (const auto& [old, why, way_out] : cases) {
    plan = {};
    resources({old});
    expect_left(why, way_out);
  }
  plan = {};
  resources({{"disk", "ACM", "mytest", "A-Bank", {}}});
  ASSERT_EQ(plan.left.size(), 1U);
  EXPECT_TRUE(plan.left.front().why.starts_with("Resource spec 'disk' contains no ':' delimiter"));
}

// A file of another host is data, and what is said of it is typed into a shell.
TEST_F(ImportPlan, QuotesWhatTheFileSaysInTheWayOut) {
  resources({{"file:/a b; reboot", "ACM", "mytest", "$(reboot)", {}}});
  ASSERT_EQ(plan.left.size(), 1U);
  EXPECT_TRUE(plan.left.front().way_out.ends_with(": labeltool addlabel LABEL res 'file:/a b; reboot'"))
      << plan.left.front().way_out;
  plan = {};
  resources({{"disk", "ACM", "mytest", "$(reboot)", {}}});
  ASSERT_EQ(plan.left.size(), 1U);
  EXPECT_EQ(plan.left.front().way_out, "label it by a name of that form: labeltool addlabel '$(reboot)' res NAME");
  plan = {};
  records = {{"a b", "ACM:mytest:B-Bank"}};
  domain("a b", "A-Bank");
  expect_left("it is labelled 'ACM:mytest:B-Bank' on this host", "labeltool rmlabel mgt 'a b', then import again");
}

TEST_F(ImportPlan, LeavesWhatIsLabelledOtherwiseHere) {
  records = {{"file:/a", "ACM:mytest:B-Bank"}};
  resources({{"file:/a", "ACM", "mytest", "A-Bank", {2, 5}}});
  expect_left("it is labelled 'ACM:mytest:B-Bank' on this host", "labeltool rmlabel res file:/a, then import again");
}

TEST_F(ImportPlan, LeavesOneOfTwoLabelsOfTheSameDisk) {
  resources({{"file:/a", "ACM", "mytest", "A-Bank", {2, 5}}, {"tap:aio:/a", "ACM", "mytest", "B-Bank", {3, 5}}});
  EXPECT_EQ(names(plan.take), Strings{"file:/a A-Bank F:2"});
  ASSERT_EQ(plan.left.size(), 1U);
  EXPECT_EQ(plan.left.front().why, "it is the same as file:/a, which F:2 gives the label 'A-Bank'");
}

TEST_F(ImportPlan, LeavesDomainsThatCannotBeLabelled) {
  struct Case {
    std::string name, label, policy, why;
  };
  host.running = {"runs"};
  const Case cases[] = {
      {"client", "A-Bank", "other", "the label is of policy 'other', not of 'mytest'"},
      {"client", "C-Bank", "mytest", "policy 'mytest' has no such label of domains"},
      {"Domain-0", "A-Bank", "mytest", "the name Domain-0 belongs to domain 0"},
      {"runs", "A-Bank", "mytest", "it runs; a domain is labelled while it does not"},
  };
  for (const auto& [name, label, named, why] : cases) {
    plan = {};
    domain(name, label, named);
    ASSERT_EQ(plan.left.size(), 1U) << why;
    EXPECT_EQ(plan.left.front().why, why);
  }
  plan = {};
  domain("client", "A-Bank");
  domain("client", "B-Bank");
  ASSERT_EQ(plan.left.size(), 1U);
  EXPECT_EQ(plan.left.front().why, "C is of a domain of that name too");
}

}  // namespace
}  // namespace xenacm::labeltool::test
