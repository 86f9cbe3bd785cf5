// SPDX-License-Identifier: Apache-2.0
// Which domains were linked, or refused to be, as a graph
#include <gtest/gtest.h>
#include <stdlib.h>

#include "labeltool/review/graph.h"
#include "labeltool/review/graphviz.h"
#include "tests/unit/labeltool/commandline.h"

namespace xenacm::labeltool::review {
namespace {

using nlohmann::json;

json link(const std::string& action, const std::string& subject, const std::string& object,
          const std::string& decision = "allow", const std::string& rule = "") {
  return {{"action", action}, {"subject", subject},       {"subject_label", "AutoCorp"},
          {"object", object}, {"object_label", "A-Bank"}, {"decision", decision},
          {"rule", rule}};
}

TEST(LinkGraph, HasEveryLinkWithItsClassAndCountAndTheRefusedOnesDashed) {
  LinkGraph graph;
  graph.add(link("attach vif 0", "client2", "nicdom"));
  graph.add(link("adopt vif 1", "client2", "nicdom"));
  graph.add(link("attach vbd 51712", "client2", "nicdom (phy:/dev/a)"));
  graph.add(link("attach vif 0", "client1", "nicdom", "deny", "ste"));
  graph.add(link("attach vif 0", "client1", "nicdom", "would-deny", "ste"));
  graph.add(link("adopt", "client1", ""));
  graph.add(link("detach vif 0", "client2", "nicdom"));
  graph.add(link("attach vif 0", "client3", "nicdom", "error"));
  EXPECT_EQ(graph.dot(),
            "digraph xenacm {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\"];\n"
            "  n0 [label=\"client1\\nAutoCorp\", fillcolor=\"#cfe2f3\"];\n"
            "  n1 [label=\"client2\\nAutoCorp\", fillcolor=\"#cfe2f3\"];\n"
            "  n2 [label=\"nicdom\\nA-Bank\", fillcolor=\"#d9ead3\"];\n"
            "  n0 -> n2 [label=\"vif x 1\\ndenied: ste\", style=dashed, color=red, fontcolor=red];\n"
            "  n0 -> n2 [label=\"vif x 1\\nwould be denied: ste\", style=dashed, color=darkorange, "
            "fontcolor=darkorange];\n"
            "  n1 -> n2 [label=\"vbd x 1\"];\n"
            "  n1 -> n2 [label=\"vif x 2\"];\n}\n");
  EXPECT_EQ(graph.json()["links"].size(), 4u);
  EXPECT_EQ(graph.json()["domains"][2], json({{"name", "nicdom"}, {"label", "A-Bank"}}));
}

TEST(LinkGraph, NamesOfGuestsStayNames) {
  LinkGraph graph;
  graph.add(link("attach vif 0", "a\"];b [label=\"\\N&lt;\n", "nicdom"));
  EXPECT_NE(graph.dot().find("n0 [label=\"a\\\"];b [label=\\\"\\\\N&amp;lt;?\\nAutoCorp\", "), std::string::npos)
      << graph.dot();
}

TEST(LinkGraph, TellsABackendFromTheListBehindIt) {
  EXPECT_EQ(backend_of("nicdom"), "nicdom");
  EXPECT_EQ(backend_of("nicdom (phy:/dev/a, phy:/dev/b)"), "nicdom");
  EXPECT_EQ(backend_of("nic (1) (file:/vm/a (2).img)"), "nic (1)");
  EXPECT_EQ(backend_of("nic (1)"), "nic (1)");
}

class Svg : public testing::Test {
 protected:
  Svg() : path_(::getenv("PATH")) { ::setenv("PATH", workplace.folder().c_str(), 1); }
  ~Svg() override { ::setenv("PATH", path_.c_str(), 1); }
  void install(const std::string& script) const {
    workplace.write("dot", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(workplace.folder() / "dot", std::filesystem::perms(0755));
  }
  test::Workplace workplace;

 private:
  std::string path_;
};

TEST_F(Svg, IsWhatDotMakesOfTheGraph) {
  install(R"(test "$1" = -Tsvg && /bin/cat)");
  const std::string large(1'000'000, 'x');  // more than a pipe holds
  EXPECT_EQ(svg_of(large), large);
}

TEST_F(Svg, WithoutDotNamesThePackage) {
  ASSERT_FALSE(svg_of("digraph {}"));
  EXPECT_EQ(svg_of("digraph {}").error(), "there is no program 'dot' here: install graphviz, or leave out --svg");
}

TEST_F(Svg, ThatDotCannotMakeIsAnError) {
  install("exit 3");
  ASSERT_FALSE(svg_of("digraph {}"));
  EXPECT_EQ(svg_of("digraph {}").error(), "'dot' of graphviz failed: status 3");
}

}  // namespace
}  // namespace xenacm::labeltool::review
