// SPDX-License-Identifier: Apache-2.0
// What the parser reads out of a document. What it refuses is in tests/policies/bad and, for single names, below.
#include "policy/parser.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

std::vector<std::string> texts(const std::vector<Name>& names) {
  std::vector<std::string> result;
  for (const Name& name : names) result.push_back(name.text);
  return result;
}

using Texts = std::vector<std::string>;

Policy policy_of(std::string_view path) { return parse(contents(in_source(path))).policy; }

TEST(Parser, ReadsEveryElementOfTheHeader) {
  const Header header = policy_of("tests/policies/good/full-header.xml").header;
  EXPECT_EQ(header.name.text, "example.chapter10.full_header");
  EXPECT_EQ(header.url, "https://example.org/policy");
  EXPECT_EQ(header.reference, "A policy with every element of the header");
  EXPECT_EQ(header.date, "any text will do");
  EXPECT_EQ(header.namespace_url, "https://example.org/names");
  EXPECT_EQ(header.version, (Version{.major = 12345678, .minor = 2}));
  ASSERT_TRUE(header.from.has_value());
  EXPECT_EQ(header.from->name.text, "example.older");
  EXPECT_EQ(header.from->version, Version{});
}

TEST(Parser, LeavesOutWhatTheHeaderDoesNotHave) {
  const Header header = parse(Sample{}.document()).policy.header;
  EXPECT_FALSE(header.url || header.reference || header.date || header.namespace_url || header.from);
}

TEST(Parser, KeepsTheOrderOfTheDocument) {
  const Policy policy = policy_of("examples/policies/mytest-security_policy.xml");
  EXPECT_EQ(texts(policy.ste_types),
            (Texts{"SystemManagement", "__UNLABELED__", "A-Bank", "A-Bank.SecurityUnderwriting",
                   "A-Bank.MarketAnalysis", "B-Bank", "AutoCorp"}));
  ASSERT_EQ(policy.vm_labels.size(), 7U);
  EXPECT_EQ(policy.vm_labels[3].name.text, "A-Bank.SecurityUnderwriting");
  EXPECT_EQ(texts(policy.vm_labels[3].ste_types), Texts{"A-Bank.SecurityUnderwriting"});
  EXPECT_EQ(texts(policy.vm_labels[3].chw_types), (Texts{"A-Bank", "A-Bank.SecurityUnderwriting"}));
  ASSERT_EQ(policy.conflict_sets.size(), 2U);
  EXPECT_EQ(texts(policy.conflict_sets[1].types),
            (Texts{"A-Bank.MarketAnalysis", "A-Bank.SecurityUnderwriting", "__UNLABELED__"}));
}

TEST(Parser, ReadsRenamesOfDomainAndResourceLabels) {
  const Policy policy = policy_of("examples/policies/mytest_update-security_policy.xml");
  EXPECT_EQ(policy.vm_labels[3].name.text, "A-Bank.SU");
  ASSERT_TRUE(policy.vm_labels[3].from && policy.resource_labels[3].from);
  EXPECT_EQ(policy.vm_labels[3].from->text, "A-Bank.SecurityUnderwriting");
  EXPECT_EQ(policy.resource_labels[3].from->text, "A-Bank.MarketAnalysis");
  EXPECT_FALSE(policy.vm_labels[0].from);
}

TEST(Parser, TrimsNamesAndPutsTogetherWhatCommentsPart) {
  const Policy policy = policy_of("tests/policies/good/trimmed-names.xml");
  EXPECT_EQ(texts(policy.ste_types), (Texts{"red", "blue"}));
  EXPECT_EQ(policy.vm_labels.front().name.text, "dom0");
  EXPECT_EQ(policy.bootstrap->text, "dom0");
}

TEST(Parser, LeavesOutEmptyTypes) {
  const Policy policy = policy_of("tests/policies/good/empty-types.xml");
  EXPECT_EQ(texts(policy.ste_types), (Texts{"red", "blue"}));
  EXPECT_EQ(texts(policy.vm_labels.front().ste_types), Texts{"blue"});
  EXPECT_FALSE(policy.resource_labels.front().ste_type);
}

TEST(Parser, TheFormOfTheXmlDoesNotMatter) {
  const Policy plain = policy_of("tests/policies/good/minimal.xml");
  for (const std::string same : {"prefixed", "mixed-prefixes", "schema-location", "crlf", "byte-order-mark"}) {
    SCOPED_TRACE(same);
    const Policy policy = policy_of("tests/policies/good/" + same + ".xml");
    EXPECT_EQ(policy.header.name.text, plain.header.name.text);
    EXPECT_EQ(texts(policy.ste_types), texts(plain.ste_types));
    EXPECT_EQ(policy.bootstrap->text, plain.bootstrap->text);
    EXPECT_EQ(texts(policy.vm_labels.front().ste_types), texts(plain.vm_labels.front().ste_types));
  }
}

TEST(Parser, ANameStandsWhereItsFirstLetterIs) {
  const Parsed parsed = parse(
      "<SecurityPolicyDefinition xmlns=\"http://www.ibm.com\">\n"
      "<PolicyHeader>\n"
      "  <PolicyName>\n"
      "    mytest\n"
      "  </PolicyName><Version>1.0</Version></PolicyHeader><SecurityLabelTemplate>\n"
      "<SubjectLabels bootstrap=' dom0'><VirtualMachineLabel><Name from='x'>dom0</Name>\n"
      "</VirtualMachineLabel></SubjectLabels></SecurityLabelTemplate>\n"
      "</SecurityPolicyDefinition>\n");
  EXPECT_TRUE(parsed.diagnostics.empty());
  EXPECT_EQ(parsed.policy.header.name.at, (Position{4, 5}));
  EXPECT_EQ(parsed.policy.bootstrap->at, (Position{6, 28}));
  EXPECT_EQ(parsed.policy.vm_labels.front().name.at, (Position{6, 70}));
  EXPECT_EQ(parsed.policy.vm_labels.front().from->at, (Position{6, 67}));
}

TEST(Parser, AByteOrderMarkTakesUpNoColumn) {
  const Parsed parsed = parse("\xEF\xBB\xBF<wrong/>");
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics.front().at, (Position{1, 1}));
}

struct Form {
  std::string text;
  bool accepted;
};

TEST(Parser, AVersionIsTwoNumbersOfOneToEightDigits) {
  for (const auto& [text, accepted] :
       {Form{"1.0", true}, Form{"0.0", true}, Form{"12345678.87654321", true}, Form{"01.002", true},
        Form{"123456789.0", false}, Form{"1.123456789", false}, Form{"1x0", false}, Form{"123", false},
        Form{"12", false}, Form{"1.", false}, Form{".1", false}, Form{"1.0.1", false}, Form{" 1.0 ", false},
        Form{"1.0\n", false}, Form{"-1.0", false}, Form{"+1.0", false}, Form{"1.0a", false}, Form{"\xD9\xA1.0", false},
        Form{"", false}}) {
    EXPECT_EQ(!has_errors(parse(Sample{.version = text}.document()).diagnostics), accepted) << text;
  }
}

TEST(Parser, APolicyNameMapsToAPathThatStaysInItsFolder) {
  for (const auto& [text, accepted] :
       {Form{"mytest", true}, Form{"example.chapter10.client_v1", true}, Form{"a-b_c", true}, Form{" mytest\n", true},
        Form{"", false}, Form{" ", false}, Form{".", false}, Form{"..", false}, Form{".a", false}, Form{"a.", false},
        Form{"a..b", false}, Form{"/etc/passwd", false}, Form{"a/../b", false}, Form{"a:b", false},
        Form{"a b", false}}) {
    const Parsed parsed = parse(Sample{.name = text}.document());
    EXPECT_EQ(!has_errors(parsed.diagnostics), accepted) << text;
    if (accepted) continue;
    EXPECT_EQ(parsed.diagnostics.front().code, Code::bad_policy_name) << text;
  }
}

TEST(Parser, ALabelNameIsOneWordWithoutColon) {
  for (const auto& [text, accepted] : {Form{"A-Bank", true},
                                       Form{"res_HardDrive(hda)", true},
                                       Form{"a/b", true},
                                       Form{"..", true},
                                       Form{"\tA \n", true},
                                       Form{"Gr\xC3\xB6\xC3\x9F"
                                            "e",
                                            true},
                                       Form{std::string(kMaxNameBytes, 'x'), true},
                                       Form{std::string(kMaxNameBytes + 1, 'x'), false},
                                       Form{"", false},
                                       Form{"\n", false},
                                       Form{"a:b", false},
                                       Form{"A Bank", false},
                                       Form{"A\tBank", false},
                                       Form{"a&#10;b", false},
                                       Form{"a&#x7F;b", false},
                                       Form{"a&#x85;b", false},
                                       Form{"a&#xA0;b", false},
                                       Form{"a&#x200B;", false},
                                       Form{"a&#x202E;b", false},
                                       Form{"a&#x3000;b", false},
                                       Form{"a<!-- -->b", true},
                                       Form{"a<!-- --> <!-- -->b", false},
                                       Form{"a<![CDATA[ ]]>b", false}}) {
    const std::string label = "<VirtualMachineLabel><Name>" + text + "</Name></VirtualMachineLabel>";
    const Parsed parsed = parse(Sample{.vm_labels = label}.document());
    EXPECT_EQ(!has_errors(parsed.diagnostics), accepted) << text;
    if (accepted) continue;
    EXPECT_EQ(parsed.diagnostics.front().code, Code::bad_label) << text;
  }
}

TEST(Parser, ATypeNameMayHoldAColonButNoBlank) {
  for (const auto& [text, accepted] :
       {Form{"a:b", true}, Form{"a.b/c", true}, Form{"a b", false}, Form{"a&#x9;b", false}}) {
    const std::string types = "<Type>" + text + "</Type>";
    EXPECT_EQ(!has_errors(parse(Sample{.ste_types = types}.document()).diagnostics), accepted) << text;
  }
}

TEST(Parser, WhatXmlForbidsIsRefusedWhereverItStands) {
  for (const auto& [types, accepted] : {
           Form{"<Type>a</Type >", true},
           Form{"<Type\n>a</Type\n>", true},
           Form{"<Type/><!-- > --><Type>a</Type>", true},
           Form{"<Type>a>b</Type>", true},
           Form{"<Type>a</Type><?target with ?text?>", true},
           Form{"<Type>a]]>b</Type>", false},
           Form{"<Type xmlns:a='u' xmlns:b='u'/>", true},
           Form{"<Type xmlns:a='u' xmlns:a='u'/>", false},
           Form{"<Type xmlns:a='u'xmlns:b='u'/>", false},
           Form{"<Type x/>", false},
           Form{"<Type>a</type>", false},
           Form{"<Type>a</Type x='1'>", false},
           Form{"< Type>a</Type>", false},
           Form{"<1Type>a</1Type>", false},
           Form{"<Type>&#xD800;</Type>", false},
           Form{"<Type>&#x110000;</Type>", false},
           Form{"<Type>&#99999999999999999999;</Type>", false},
           Form{"<Type>&#X41;</Type>", false},
           Form{"<Type>&#;</Type>", false},
           Form{"<Type>&AMP;</Type>", false},
           Form{"<Type>&amp</Type>", false},
           Form{"<Type>a</Type><!-- a -- b -->", false},
           Form{"<Type>a</Type><!-- a --->", false},
           Form{"<Type>a</Type><?xml version='1.0'?>", false},
           Form{"<Type>a</Type><? x?>", false},
           Form{"<Type>a</Type><!ELEMENT Type ANY>", false},
       }) {
    EXPECT_EQ(!has_errors(parse(Sample{.ste_types = types}.document()).diagnostics), accepted) << types;
  }
}

TEST(Parser, OnlyUtf8IsRead) {
  for (const auto& [encoding, accepted] : {Form{"UTF-8", true}, Form{"utf-8", true}, Form{"ISO-8859-1", false},
                                           Form{"US-ASCII", false}, Form{"UTF-16", false}}) {
    const std::string document =
        "<?xml version='1.0' encoding='" + encoding + "' standalone='yes' ?>" + Sample{}.document();
    EXPECT_EQ(!has_errors(parse(document).diagnostics), accepted) << encoding;
  }
}

TEST(Parser, OnlyCompleteAndShortestUtf8IsRead) {
  for (const auto& [text, accepted] :
       {Form{"\xC3\xA4", true}, Form{"\xE2\x82\xAC", true}, Form{"\xF0\x9F\x98\x80", true}, Form{"\xC3", false},
        Form{"\xA4", false}, Form{"\xC0\xAF", false}, Form{"\xE0\x80\xAF", false}, Form{"\xED\xA0\x80", false},
        Form{"\xF4\x90\x80\x80", false}, Form{"\xF8\x88\x80\x80\x80", false}, Form{"\xEF\xBF\xBE", false}}) {
    const std::string types = "<Type>" + text + "</Type>";
    EXPECT_EQ(!has_errors(parse(Sample{.ste_types = types}.document()).diagnostics), accepted)
        << testing::PrintToString(text);
  }
}

TEST(Parser, AMessageShowsNoCharacterThatATerminalWouldObey) {
  const Parsed parsed = parse(Sample{.name = "a&#x85;b&#x202E;c"}.document());
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_NE(parsed.diagnostics.front().message.find("'a\\u{85}b\\u{202E}c'"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::policy::test
