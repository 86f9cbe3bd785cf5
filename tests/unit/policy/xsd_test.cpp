// SPDX-License-Identifier: Apache-2.0
// The parser and schemas/security_policy.xsd say the same of every document.
#include <gtest/gtest.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "policy/parser.h"
#include "tests/unit/policy/sample.h"
#include "tests/unit/policy/xmllint.h"

namespace xenacm::policy::test {
namespace {

bool parses(std::string_view document) { return !has_errors(parse(document).diagnostics); }

struct Tally {
  std::size_t accepted = 0;
  std::size_t refused = 0;
};

// How many documents both accept and both refuse; a document that they disagree on fails the test.
Tally expect_one_verdict(const std::vector<std::string>& documents) {
  const std::set<std::size_t> valid = valid_for_xmllint(documents);
  Tally tally;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const bool accepted = parses(documents[i]);
    EXPECT_EQ(accepted, valid.contains(i)) << documents[i];
    ++(accepted ? tally.accepted : tally.refused);
  }
  return tally;
}

// Every way of spoiling a document by one element, one attribute or one text.
class Mutations {
 public:
  explicit Mutations(const std::string& document) : document_(document) {
    const pugi::xml_document tree = load();
    const auto elements = static_cast<std::size_t>(std::ranges::count(tree_order(tree), pugi::node_element, type_of));
    for (std::size_t i = 0; i < elements; ++i) spoil_element(i);
  }

  [[nodiscard]] const std::set<std::string>& all() const { return all_; }

 private:
  static pugi::xml_node_type type_of(const pugi::xml_node& node) { return node.type(); }

  static std::vector<pugi::xml_node> tree_order(const pugi::xml_node& tree) {
    struct Walker : pugi::xml_tree_walker {
      std::vector<pugi::xml_node> nodes;
      bool for_each(pugi::xml_node& node) override {
        if (node.type() == pugi::node_element) nodes.push_back(node);
        return true;
      }
    } walker;
    pugi::xml_node root = tree;
    root.traverse(walker);
    return walker.nodes;
  }

  [[nodiscard]] pugi::xml_document load() const {
    pugi::xml_document tree;
    tree.load_string(document_.c_str());
    return tree;
  }

  // Applies `change` to the element of this number in a fresh copy of the document.
  template <class Change>
  void with(std::size_t element, Change change) {
    const pugi::xml_document tree = load();
    change(tree_order(tree)[element]);
    std::ostringstream text;
    tree.save(text, "", pugi::format_raw | pugi::format_no_declaration);
    all_.insert(text.str());
  }

  void spoil_element(std::size_t i) {
    with(i, [](pugi::xml_node node) { node.parent().remove_child(node); });
    with(i, [](pugi::xml_node node) { node.parent().insert_copy_after(node, node); });
    with(i, [](pugi::xml_node node) { node.set_name("Renamed"); });
    with(i, [](pugi::xml_node node) { node.set_name("other:Name"); });
    with(i, [](pugi::xml_node node) { node.append_attribute("xmlns") = "http://example.org"; });
    with(i, [](pugi::xml_node node) { node.append_attribute("from") = "X"; });
    with(i, [](pugi::xml_node node) { node.append_attribute("priority") = "PrimaryPolicyComponent"; });
    with(i, [](pugi::xml_node node) { node.append_child(pugi::node_pcdata).set_value("x:"); });
    with(i, [](pugi::xml_node node) { node.remove_children(); });
    with(i, [](pugi::xml_node node) {
      if (const pugi::xml_node next = node.next_sibling()) node.parent().insert_move_after(node, next);
    });
    for (const std::string text : {" ", "a b", " ab\n", "1.1", "a:b", "a/b", ".a", "a..b"}) {
      with(i, [&](pugi::xml_node node) {
        if (node.first_child().type() == pugi::node_pcdata) node.first_child().set_value(text.c_str());
      });
      with(i, [&](pugi::xml_node node) {
        if (node.first_attribute()) node.last_attribute().set_value(text.c_str());
      });
    }
    with(i, [](pugi::xml_node node) { node.remove_attribute(node.last_attribute()); });
    with(i, [](pugi::xml_node node) { node.append_copy(node.first_attribute()); });
    with(i, [](pugi::xml_node node) { node.last_attribute().set_name("renamed"); });
  }

  const std::string& document_;
  std::set<std::string> all_;
};

TEST(Schema, AgreesWithTheParserOnTheCorpusAndTheExamples) {
  std::vector<std::string> documents{std::string(default_document())};
  for (const std::string folder : {"tests/policies", "examples/policies"}) {
    for (const auto& file : xml_files(in_source(folder))) {
      if (!file.filename().string().starts_with("beyond-xsd")) documents.push_back(contents(file));
    }
  }
  const Tally tally = expect_one_verdict(documents);
  EXPECT_GE(tally.accepted, 20U);
  EXPECT_GE(tally.refused, 20U);
}

TEST(Schema, AgreesWithTheParserOnEveryCharacterOfAName) {
  struct Range {
    int first;
    int last;
  };
  std::vector<std::string> documents;
  for (const auto& [first, last] : {Range{0x20, 0x600}, Range{0x1600, 0x1900}, Range{0x1FF0, 0x2080},
                                    Range{0x2FF0, 0x3010}, Range{0xFEF0, 0xFFFD}, Range{0xDFFF0, 0xE0090}}) {
    for (int c = first; c <= last; ++c) {
      documents.push_back(Sample{.bootstrap = "a&#" + std::to_string(c) + ";b"}.document());
    }
  }
  const Tally tally = expect_one_verdict(documents);
  EXPECT_GE(tally.accepted, 1000U);
  EXPECT_GE(tally.refused, 100U);
}

TEST(Schema, IsMilderThanTheParserOnlyWhereItCannotSayIt) {
  std::vector<std::string> documents;
  for (const auto& file : xml_files(in_source("tests/policies/bad"))) {
    if (file.filename().string().starts_with("beyond-xsd")) documents.push_back(contents(file));
  }
  ASSERT_FALSE(documents.empty());
  EXPECT_EQ(valid_for_xmllint(documents).size(), documents.size());
  EXPECT_TRUE(std::ranges::none_of(documents, parses));
}

TEST(Schema, AgreesWithTheParserOnEverySpoiltPolicy) {
  std::set<std::string> spoilt;
  for (const std::string name :
       {"full-header", "prefixed", "only-chinese-wall", "same-conflict-set-name", "swapped-labels"}) {
    spoilt.merge(std::set(Mutations(contents(in_source("tests/policies/good/" + name + ".xml"))).all()));
  }
  const Tally tally = expect_one_verdict({spoilt.begin(), spoilt.end()});
  EXPECT_GE(tally.accepted, 200U);
  EXPECT_GE(tally.refused, 500U);
}

}  // namespace
}  // namespace xenacm::policy::test
