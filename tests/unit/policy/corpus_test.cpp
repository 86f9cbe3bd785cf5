// SPDX-License-Identifier: Apache-2.0
// Whole policy files, and what is to be said about each. FILE.expected beside FILE.xml lists every diagnostic, a line
// each: "LINE:COLUMN: error: MESSAGE". Where it is missing, nothing is to be said.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

std::vector<std::string> expected_for(std::filesystem::path file) {
  file.replace_extension(".expected");
  std::vector<std::string> lines;
  if (!std::filesystem::exists(file)) return lines;
  std::istringstream stream(contents(file));
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Corpus, EveryBadPolicyIsRefusedWithAllItsFaultsAtOnce) {
  const auto files = xml_files(in_source("tests/policies/bad"));
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename());
    const auto compiled = compile_document(contents(file));
    ASSERT_FALSE(compiled.has_value());
    EXPECT_EQ(lines_of(compiled.error()), expected_for(file));
  }
}

TEST(Corpus, EveryGoodPolicyCompilesWithItsWarningsAlone) {
  const auto files = xml_files(in_source("tests/policies/good"));
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename());
    const auto compiled = compile_document(contents(file));
    ASSERT_TRUE(compiled.has_value()) << lines_of(compiled.error()).front();
    EXPECT_EQ(lines_of(compiled->warnings), expected_for(file));
  }
}

TEST(Corpus, EveryExamplePolicyCompiles) {
  const auto files = xml_files(in_source("examples/policies"));
  ASSERT_EQ(files.size(), 4U);
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename());
    const auto compiled = compile_document(contents(file));
    EXPECT_TRUE(compiled.has_value()) << lines_of(compiled.error()).front();
  }
}

TEST(Corpus, TheNameOfAnExamplePolicyIsItsPath) {
  struct Case {
    std::string path;
    std::string name;
  };
  for (const auto& [path, name] : {Case{"mytest", "mytest"}, Case{"example/test", "example.test"},
                                   Case{"example/client_v1", "example.client_v1"}}) {
    EXPECT_EQ(compile_file("examples/policies/" + path + "-security_policy.xml").tables.ref.name, name);
  }
}

}  // namespace
}  // namespace xenacm::policy::test
