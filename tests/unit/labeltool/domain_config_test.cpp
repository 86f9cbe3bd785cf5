// SPDX-License-Identifier: Apache-2.0
// The access_control line is put in and taken out, and nothing else changes (acm.md 5, addlabel and rmlabel dom)
#include "labeltool/domain_config.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

TEST(WithLabel, AppendsOneLine) {
  EXPECT_EQ(with_label("# a\nname = \"x\"\n", "mytest", "A-Bank"),
            "# a\nname = \"x\"\naccess_control = [\"policy=mytest,label=A-Bank\"]\n");
}

TEST(WithLabel, EndsALastLineThatHasNoLineBreakFirst) {
  EXPECT_EQ(with_label("name = \"x\"", "p", "l"), "name = \"x\"\naccess_control = [\"policy=p,label=l\"]\n");
}

struct ConfigRemoval {
  const char* name;
  const char* before;
  const char* after;
};

class WithoutLabel : public testing::TestWithParam<ConfigRemoval> {};

TEST_P(WithoutLabel, CommentsOutTheEntryAlone) { EXPECT_EQ(without_label(GetParam().before), GetParam().after); }

INSTANTIATE_TEST_SUITE_P(
    All, WithoutLabel,
    testing::Values(ConfigRemoval{"OneLine", "name='x'\naccess_control = ['policy=p,label=l']\nmemory=1\n",
                                  "name='x'\n#access_control = ['policy=p,label=l']\nmemory=1\n"},
                    ConfigRemoval{"SeveralLines", "access_control = [\n  'policy=p,label=l',\n]\nmemory=1\n",
                                  "#access_control = [\n#  'policy=p,label=l',\n#]\nmemory=1\n"},
                    ConfigRemoval{"WithoutAList", "access_control='policy=p,label=l'\nvif=['a']\n",
                                  "#access_control='policy=p,label=l'\nvif=['a']\n"},
                    ConfigRemoval{"BracketInAString", "access_control=['policy=p,label=]l'\n]\nmemory=1\n",
                                  "#access_control=['policy=p,label=]l'\n#]\nmemory=1\n"},
                    ConfigRemoval{"BracketInAComment", "access_control=[ # ]\n'policy=p,label=l']\nmemory=1\n",
                                  "#access_control=[ # ]\n#'policy=p,label=l']\nmemory=1\n"},
                    ConfigRemoval{"Indented", "\t access_control\t=['policy=p,label=l']",
                                  "#\t access_control\t=['policy=p,label=l']\n"},
                    ConfigRemoval{"CommentedAlready", "#access_control=['policy=p,label=l']\n",
                                  "#access_control=['policy=p,label=l']\n"},
                    ConfigRemoval{"AnotherKey", "my_access_control=['x']\naccess_controls=['y']\n",
                                  "my_access_control=['x']\naccess_controls=['y']\n"},
                    ConfigRemoval{"Nothing", "", ""}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace xenacm::labeltool
