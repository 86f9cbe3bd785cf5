// SPDX-License-Identifier: Apache-2.0
// labeltool checkpolicy: what it prints, how it ends, and which file it reads. What there is to find is the lint's.
#include <gtest/gtest.h>

#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/policies.h"

namespace xenacm::labeltool::test {
namespace {

const std::string kWarning =
    ":12:28: warning: VM label 'idle' has no types: no domain is ever authorized to run with it; give it an STE type, "
    "or remove it\n";

class CheckPolicy : public testing::Test {
 protected:
  static Ran check(const std::vector<std::string>& words) { return run(checkpolicy_command, words); }
  static int status_of(const Ran& ran) { return ran.failure ? ran.failure->status : 0; }

  // All that it has to say is its result, on standard output.
  static void expect_no_words_of_failure(const Ran& ran) {
    ASSERT_TRUE(ran.failure);
    EXPECT_EQ(ran.failure->message, "");
    EXPECT_TRUE(ran.failure->details.empty());
  }

  Workplace workplace;
};

TEST_F(CheckPolicy, SaysOfASoundPolicyThatNothingIsWrong) {
  workplace.write("p.xml", document("p"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"p.xml"}, {"p.xml", "--strict"}}) {
    const Ran ran = check(words);
    EXPECT_EQ(ran.out, "0 errors, 0 warnings\n");
    EXPECT_EQ(status_of(ran), 0);
  }
}

TEST_F(CheckPolicy, WarnsOfWhatIsSuspicious) {
  workplace.write("p.xml", document("p", kSuspicious));
  const Ran ran = check({"p.xml"});
  EXPECT_EQ(ran.out, "p.xml" + kWarning + "0 errors, 1 warnings\n");
  EXPECT_EQ(status_of(ran), 0);
}

TEST_F(CheckPolicy, EndsWithStatus2WhereWarningsAreNotPutUpWith) {
  workplace.write("p.xml", document("p", kSuspicious));
  const Ran ran = check({"--strict", "p.xml"});
  EXPECT_EQ(ran.out, "p.xml" + kWarning + "0 errors, 1 warnings\n");
  EXPECT_EQ(status_of(ran), 2);
  expect_no_words_of_failure(ran);
}

TEST_F(CheckPolicy, ListsAllErrorsAtOnceAndEndsWithStatus1) {
  workplace.write("p.xml", document("p", kWrong));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"p.xml"}, {"p.xml", "--strict"}}) {
    const Ran ran = check(words);
    EXPECT_EQ(ran.out,
              "p.xml:12:73: error: VM label 'idle' uses the STE type 'grey', which SimpleTypeEnforcementTypes does not "
              "declare (line 4 declares 'red')\n"
              "p.xml:12:106: warning: VM label 'idle' lists the STE type 'red' again (first in line 12); it counts "
              "once\n"
              "1 errors, 1 warnings\n");
    EXPECT_EQ(status_of(ran), 1);
    expect_no_words_of_failure(ran);
  }
}

TEST_F(CheckPolicy, PrintsJson) {
  workplace.write("p.xml", document("p", kSuspicious));
  const Ran ran = check({"p.xml", "--json", "--strict"});
  EXPECT_EQ(nlohmann::json::parse(ran.out),
            nlohmann::json({{"errors", 0},
                            {"warnings", 1},
                            {"diagnostics",
                             {{{"severity", "warning"},
                               {"line", 12},
                               {"column", 28},
                               {"message",
                                "VM label 'idle' has no types: no domain is ever authorized to run with it; give it an "
                                "STE type, or remove it"}}}}}));
  EXPECT_EQ(status_of(ran), 2);

  workplace.write("p.xml", "no XML");
  const Ran wrong = check({"p.xml", "--json"});
  const auto said = nlohmann::json::parse(wrong.out);
  EXPECT_EQ(said.at("errors"), 1);
  EXPECT_EQ(said.at("diagnostics").at(0).at("severity"), "error");
  EXPECT_EQ(status_of(wrong), 1);

  workplace.write("p.xml", document("p"));
  EXPECT_EQ(nlohmann::json::parse(check({"p.xml", "--json"}).out),
            nlohmann::json({{"errors", 0}, {"warnings", 0}, {"diagnostics", nlohmann::json::array()}}));
}

TEST_F(CheckPolicy, FindsTheFileByPathOrByTheNameOfThePolicy) {
  struct Case {
    std::string named;
    std::string path;
  };
  workplace.write("p.xml", document("p", kSuspicious));
  workplace.write("drafts/p.xml", document("p", kSuspicious));
  workplace.write("a/b/c-security_policy.xml", document("a.b.c", kSuspicious));
  for (const auto& [named, path] :
       {Case{"p.xml", "p.xml"}, Case{"./p.xml", "./p.xml"}, Case{"drafts/p.xml", "drafts/p.xml"},
        Case{workplace.folder() / "p.xml", workplace.folder() / "p.xml"},
        Case{"a.b.c", "./a/b/c-security_policy.xml"}}) {
    EXPECT_EQ(check({named}).out, path + kWarning + "0 errors, 1 warnings\n") << named;
  }
}

TEST_F(CheckPolicy, SaysWhichFileCannotBeRead) {
  struct Case {
    std::string named;
    std::string message;
  };
  workplace.write("drafts/p.xml", "");
  for (const auto& [named, message] :
       {Case{"./none.xml", "Could not read policy file: ./none.xml (No such file or directory)"},
        Case{"no.such",
             "Could not read policy file: /etc/xen/acm-security/policies/no/such-security_policy.xml (No such file or "
             "directory)"},
        Case{"./drafts", "Could not read policy file: ./drafts (it is a folder)"}}) {
    const Ran ran = check({named});
    EXPECT_EQ(ran.out, "");
    ASSERT_TRUE(ran.failure) << named;
    EXPECT_EQ(ran.failure->message, message);
    EXPECT_EQ(ran.failure->status, 1);
  }
}

TEST_F(CheckPolicy, PrintsNothingThatATerminalWouldObey) {
  workplace.write("p\x1b[2J.xml", document("p", kSuspicious));
  EXPECT_EQ(check({"p\x1b[2J.xml"}).out, "p?[2J.xml" + kWarning + "0 errors, 1 warnings\n");
}

}  // namespace
}  // namespace xenacm::labeltool::test
