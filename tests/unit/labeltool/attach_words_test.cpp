// SPDX-License-Identifier: Apache-2.0
// The words of a device that is to be attached
#include "labeltool/attach_words.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

using nlohmann::json;
using Line = std::vector<std::string>;

TEST(AttachWords, AreTheBodyOfTheQuestionAndTheNameOfTheLink) {
  struct Case {
    Line words;
    json body;
    std::string link;
  };
  const Case cases[] = {
      {{"a", "vif", "backend=nicdom"}, {{"domain", "a"}, {"vif", {{"backend", "nicdom"}}}}, "vif link a -> nicdom"},
      {{"a", "vif"}, {{"domain", "a"}, {"vif", {{"backend", "Domain-0"}}}}, "vif link a -> Domain-0"},
      {{"a", "vif", "index=3", "bridge=br=0", "nic=eth0", "backend=b"},
       {{"domain", "a"}, {"vif", {{"backend", "b"}, {"bridge", "br=0"}, {"nic", "eth0"}, {"index", 3}}}},
       "vif link a -> b"},
      {{"a", "disk", "phy:vg/a"},
       {{"domain", "a"}, {"disk", {{"name", "phy:vg/a"}, {"backend", "Domain-0"}}}},
       "vbd link a -> Domain-0 (phy:vg/a)"},
      {{"a", "disk", "phy:vg/a", "backend=store"},
       {{"domain", "a"}, {"disk", {{"name", "phy:vg/a"}, {"backend", "store"}}}},
       "vbd link a -> store (phy:vg/a)"},
      {{"a", "pci", "04:00.0"}, {{"domain", "a"}, {"pci", "04:00.0"}}, "pci link a -> Domain-0 (04:00.0)"},
      {{"a", "9pfs", "backend=b"},
       {{"domain", "a"}, {"link", {{"class", "9pfs"}, {"backend", "b"}}}},
       "9pfs link a -> b"},
  };
  for (const auto& [words, body, link] : cases) {
    const auto parsed = parse_attach(words);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->body, body);
    EXPECT_EQ(parsed->link, link);
  }
}

TEST(AttachWords, ThatAreWrongAreNamedAndTheFormsShown) {
  struct Case {
    Line words;
    std::string message;
  };
  const Case cases[] = {
      {{}, "attach needs the name of a domain that runs"},
      {{"a"}, "'a' is to be attached to, but not what"},
      {{"a", "vif", "nicdom"}, "'nicdom' is not understood"},
      {{"a", "vif", "mac=1"}, "'mac=1' is not understood"},
      {{"a", "vif", "backend="}, "'backend=' names nothing"},
      {{"a", "vif", "bridge=a", "bridge=b"}, "'bridge' is given twice"},
      {{"a", "vif", "index=x"}, "Bad VIF index. ('x')"},
      {{"a", "vif", "index=-1"}, "Bad VIF index. ('-1')"},
      {{"a", "vif", "index=1024"}, "Bad VIF index. ('1024')"},
      {{"a", "disk"}, "disk needs the name of a disk, such as phy:/dev/vg/a"},
      {{"a", "disk", "phy:a", "phy:b"}, "'phy:b' is not understood"},
      {{"a", "pci"}, "pci needs the address of a device, such as 0000:04:00.0"},
      {{"a", "pci", "04:00.0", "04:00.1"}, "'04:00.1' is not understood"},
      {{"a", "9pfs"}, "'9pfs' needs backend=NAME"},
      {{"a", "9pfs", "bridge=b"}, "'bridge=b' is not understood"},
  };
  for (const auto& [words, message] : cases) {
    const auto parsed = parse_attach(words);
    ASSERT_FALSE(parsed) << message;
    EXPECT_TRUE(parsed.error().message.starts_with(message + "; the forms are attach DOMAIN vif "))
        << parsed.error().message;
  }
}

TEST(AttachWords, LetNoNameSpeakToTheTerminal) {
  EXPECT_EQ(parse_attach({"a\x1b", "disk", "phy:\x1b"})->link.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool
