// SPDX-License-Identifier: Apache-2.0
// The access_control entry is found wherever xl would find it, and nothing else changes (acm.md 5, rmlabel dom)
#include "labeltool/config_text.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

struct Removal {
  const char* name;
  const char* before;
  const char* after;
};

class WithoutLabelIn : public testing::TestWithParam<Removal> {};

TEST_P(WithoutLabelIn, CommentsOutTheEntryAlone) { EXPECT_EQ(without_label(GetParam().before), GetParam().after); }

// What libxlutil 4.17 takes for an entry, and what not, was tried with it.
INSTANTIATE_TEST_SUITE_P(
    Xl, WithoutLabelIn,
    testing::Values(
        Removal{"BehindAnotherStatement", "memory=64; access_control=['x']\nvcpus=1\n",
                "memory=64;\n# access_control=['x']\nvcpus=1\n"},
        Removal{"BeforeAnotherStatement", "access_control=['x'];memory=64\n", "#access_control=['x'];\nmemory=64\n"},
        Removal{"BetweenOthers", "memory=64;access_control=['x'];vcpus=1",
                "memory=64;\n#access_control=['x'];\nvcpus=1"},
        Removal{"AsTheLastLineWithoutItsBreak", "memory=64\naccess_control=['x']",
                "memory=64\n#access_control=['x']\n"},
        Removal{"WithASemicolonAtTheEnd", "access_control=['x'];\nmemory=64\n", "#access_control=['x'];\nmemory=64\n"},
        Removal{"WithACommentAtTheEnd", "access_control=['x'] # ] mine\nmemory=64\n",
                "#access_control=['x'] # ] mine\nmemory=64\n"},
        Removal{"Added", "access_control += ['x']\n", "#access_control += ['x']\n"},
        Removal{"Twice", "access_control=['x']\naccess_control=['y']\n",
                "#access_control=['x']\n#access_control=['y']\n"},
        Removal{"TwiceOnALine", "access_control=['x'];access_control=['y']\n",
                "#access_control=['x'];\n#access_control=['y']\n"},
        Removal{"QuoteInAString", "access_control=['x\\']'\n]\nmemory=64\n",
                "#access_control=['x\\']'\n#]\nmemory=64\n"},
        Removal{"BackslashAtTheEndOfAString", "access_control=['x\\\\']\nmemory=64\n",
                "#access_control=['x\\\\']\nmemory=64\n"},
        Removal{"ListsInTheList", "access_control=[\n['x'],\n['y']\n]\nmemory=64\n",
                "#access_control=[\n#['x'],\n#['y']\n#]\nmemory=64\n"},
        Removal{"BlankLinesInTheList", "access_control=[\n\n'x'\n\n]\n", "#access_control=[\n#\n#'x'\n#\n#]\n"},
        Removal{"InAComment", "memory=64 # access_control=['x']\n", "memory=64 # access_control=['x']\n"},
        Removal{"BehindASemicolonInAComment", "memory=64 # ;access_control=['x']\n",
                "memory=64 # ;access_control=['x']\n"},
        Removal{"InAString", "extra=';access_control=[1]'\n", "extra=';access_control=[1]'\n"},
        Removal{"InAList", "vif=['a',\naccess_control=1\n]\n", "vif=['a',\naccess_control=1\n]\n"},
        Removal{"AsALongerName", "access_control_x=['x']\n", "access_control_x=['x']\n"},
        Removal{"WithoutAValue", "access_control\n=['x']\n", "access_control\n=['x']\n"},
        Removal{"StringWithoutEnd", "extra='\naccess_control='x'\n", "extra='\n#access_control='x'\n"},
        Removal{"ListWithoutEnd", "access_control=['x'\n", "#access_control=['x'\n"},
        Removal{"DosLinesInComments", "# mine\r\naccess_control=['x']\n# \r\n",
                "# mine\r\n#access_control=['x']\n# \r\n"}),
    [](const auto& test) { return test.param.name; });

TEST(WithLabelIn, LeavesCommentsAndOrderAlone) {
  EXPECT_EQ(with_label("# a\nmemory = 64  # b\nname = 'x'", "p", "l"),
            "# a\nmemory = 64  # b\nname = 'x'\naccess_control = [\"policy=p,label=l\"]\n");
  EXPECT_EQ(with_label("", "p", "l"), "access_control = [\"policy=p,label=l\"]\n");
}

TEST(WithLabelIn, IsTakenBackByWithoutLabel) {
  const std::string text = "name = 'x'\n";
  EXPECT_EQ(without_label(with_label(text, "p", "l")), text + "#access_control = [\"policy=p,label=l\"]\n");
}

}  // namespace
}  // namespace xenacm::labeltool
