// SPDX-License-Identifier: Apache-2.0
// Documents that are large, deep or wrong all over: answered in time, without a crash, and briefly.
#include <gtest/gtest.h>

#include "policy/checks.h"
#include "policy/parser.h"
#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

constexpr std::string_view kRoot = "<SecurityPolicyDefinition xmlns='http://www.ibm.com'>";
constexpr std::string_view kEnd = "</SecurityPolicyDefinition>";

std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::string in_root(std::string_view content) { return std::string(kRoot) + std::string(content) + std::string(kEnd); }

std::string numbered_types(std::size_t count) {
  std::string types;
  for (std::size_t i = 0; i < count; ++i) types += "<Type>t" + std::to_string(i) + "</Type>";
  return types;
}

TEST(Limits, ADocumentBeyondTheSizeLimitIsRefused) {
  const std::string largest = in_root(std::string(kMaxDocumentBytes - kRoot.size() - kEnd.size(), ' '));
  EXPECT_NE(parse(largest).diagnostics.front().code, Code::xml_processing);

  const Parsed parsed = parse(largest + "\n");
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(lines_of(parsed.diagnostics).front(),
            "1:1: error: the document is 67108865 bytes long; at most 67108864 are allowed");
}

TEST(Limits, DepthCostsNoStack) {
  constexpr std::size_t kDepth = 200'000;
  const Parsed parsed = parse(in_root(repeat("<a>", kDepth) + repeat("</a>", kDepth)));
  ASSERT_FALSE(parsed.diagnostics.empty());
  EXPECT_EQ(parsed.diagnostics.front().code, Code::bad_xml);
  EXPECT_TRUE(has_errors(parse(std::string(kRoot) + repeat("<a>", kDepth)).diagnostics));
}

TEST(Limits, FaultsWithoutEndAreCountedNotListed) {
  const Parsed parsed = parse(in_root(repeat("\n<a/>", 5000)));
  ASSERT_EQ(parsed.diagnostics.size(), 1001U);
  // 5000 unknown elements, and two that are missing.
  EXPECT_EQ(parsed.diagnostics.back().message, "4002 more like these are not listed");
}

TEST(Limits, AHundredThousandAttributesAreReadInOnePass) {
  std::string attributes;
  for (int i = 0; i < 100'000; ++i) attributes += " xmlns:n" + std::to_string(i) + "='u'";
  const std::string root = "<SecurityPolicyDefinition xmlns='http://www.ibm.com'" + attributes + ">";
  EXPECT_TRUE(has_errors(parse(root + repeat("<PolicyHeader/>", 10'000) + std::string(kEnd)).diagnostics));
}

TEST(Limits, TenThousandLabelsWithTwentyTypesEachCompile) {
  constexpr std::size_t kTypes = 5000;
  Sample sample{.ste_types = numbered_types(kTypes), .chw_types = numbered_types(kTypes)};
  sample.vm_labels.clear();
  for (std::size_t i = 0; i < 10'000; ++i) {
    std::vector<std::string> types;
    for (std::size_t j = 0; j < 20; ++j) types.push_back("t" + std::to_string((i + j * 37) % kTypes));
    sample.vm_labels += vm_label("label" + std::to_string(i), types, {types.front()});
  }
  for (std::size_t i = 0; i + 1 < kTypes; i += 2) {
    sample.conflict_sets += "<Conflict name='c" + std::to_string(i) + "'><Type>t" + std::to_string(i) +
                            "</Type><Type>t" + std::to_string(i + 1) + "</Type></Conflict>";
  }
  sample.bootstrap = "label0";
  const auto compiled = compile_document(sample.document());
  ASSERT_TRUE(compiled.has_value()) << lines_of(compiled.error()).front();
  EXPECT_EQ(compiled->tables.vm_labels.size(), 10'001U);
  EXPECT_EQ(
      type_names(compiled->tables.ste(*compiled->tables.find_vm_label("label77")), compiled->tables.ste_types).size(),
      20U);
}

TEST(Limits, MoreTypesThanAnIndexHoldsAreRefused) {
  EXPECT_TRUE(errors_of(Sample{.chw_types = numbered_types(kMaxDeclared)}.document()).empty());
  const auto errors = errors_of(Sample{.chw_types = numbered_types(kMaxDeclared + 1)}.document());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors.front(),
            "2:27: error: the policy has 65536 labels, types or conflict sets of one kind; at most 65535 are allowed");
}

TEST(Limits, TablesThatWouldFillTheMemoryAreRefused) {
  Sample sample{.ste_types = numbered_types(60'000), .bootstrap = "label0"};
  sample.vm_labels.clear();
  for (std::size_t i = 0; i < 40'000; ++i) sample.vm_labels += vm_label("label" + std::to_string(i), {"t1"}, {});
  const auto errors = errors_of(sample.document());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors.front().find("the policy is too large"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::policy::test
