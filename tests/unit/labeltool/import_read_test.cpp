// SPDX-License-Identifier: Apache-2.0
// The old file resource_labels: read as data, whatever it holds
#include <gtest/gtest.h>

#include "labeltool/import/resource_labels.h"

namespace xenacm::labeltool::test {
namespace {

using Strings = std::vector<std::string>;

// "RESOURCE TYPE POLICY LABEL LINE" of each entry, or "LINE:COLUMN: MESSAGE".
Strings read(std::string_view text) {
  const auto labels = read_resource_labels(text);
  if (!labels) {
    const Misread& misread = labels.error();
    return {std::to_string(misread.at.line) + ":" + std::to_string(misread.at.column) + ": " + misread.message};
  }
  Strings all;
  for (const OldLabel& old : *labels) {
    all.push_back(old.resource + " " + old.type + " " + old.policy + " " + old.label + " " +
                  std::to_string(old.at.line));
  }
  return all;
}

void expect_misread(std::string_view text, const std::string& how) {
  const Strings said = read(text);
  ASSERT_EQ(said.size(), 1U) << text.substr(0, 100);
  EXPECT_EQ(said.front().substr(0, how.size()), how) << text.substr(0, 100);
}

TEST(OldResourceLabels, AreReadAsXendWroteThem) {
  EXPECT_EQ(read("resources = {\n"
                 "    'file:/home/xen/dom_fc5/fedora.fc5.swap': ('ACM', 'mytest', 'A-Bank'),\n"
                 "    'phy:/dev/hda6': ('INV_ACM', u'mytest', u'B-Bank'),\n"
                 "    'vlan:12': ('ACM', '*', '__INACCESSIBLE__'),\n"
                 "}\n"),
            (Strings{"file:/home/xen/dom_fc5/fedora.fc5.swap ACM mytest A-Bank 2",
                     "phy:/dev/hda6 INV_ACM mytest B-Bank 3", "vlan:12 ACM * __INACCESSIBLE__ 4"}));
  EXPECT_EQ(read("resources = {\n}\n"), Strings());
}

TEST(OldResourceLabels, OfBeforeThePolicyTypeAreAcm) {
  EXPECT_EQ(read("resources = {'file:/a': ('mytest', 'A-Bank')}"), Strings{"file:/a ACM mytest A-Bank 1"});
}

TEST(OldResourceLabels, HaveTheEscapesAndCommentsOfPython) {
  EXPECT_EQ(read(R"(# mine
resources={"file:/it's":('ACM','p','a\'\\\x41\xc3\xa9'), # one
'file:/b': ("ACM", u"p", u'\u00e9\xe9') })"),
            (Strings{"file:/it's ACM p a'\\A\u00e9 2", "file:/b ACM p \u00e9\u00e9 3"}));
}

TEST(OldResourceLabels, AreNeverRun) {
  const std::string quoted = "the name of a resource in quotes is expected; this file is read as data";
  const std::string part = "a string: type, policy or label in quotes is expected; this file is read as data";
  expect_misread("__import__('os').system('touch /tmp/x')", "1:1: 'resources = {' is expected");
  expect_misread("import os\nresources = {}", "1:1: 'resources = {' is expected");
  expect_misread("resources = __import__('os').system('id')", "1:13: '{' is expected");
  expect_misread("resources = {__import__('os').system('id'): 1}", "1:14: " + quoted);
  expect_misread("resources = {'a': (__import__('os'), 'p', 'l')}", "1:20: " + part);
  expect_misread("resources = {'a': ('ACM', 'p', 'l' + 'm')}", "1:36: ',' is expected between type, policy and label");
  expect_misread("resources = {'a': ('ACM', 'p', 'l').__class__}", "1:36: ',' is expected between two entries");
  expect_misread("resources = {'a': ('ACM', 'p', 'l')}\nos.system('id')", "2:1: nothing may follow the last '}'");
  expect_misread("resources = {'a%s' % 1: ('ACM', 'p', 'l')}", "1:20: ':' is expected");
}

// xend wrote names as they were: a quote in one ended it, and what followed was run as root.
TEST(OldResourceLabels, AreRefusedWhereAQuoteInANameEndsIt) {
  expect_misread("resources = {\n    'file:/it's': ('ACM', 'p', 'l'),\n}\n", "2:15: ':' is expected");
}

TEST(OldResourceLabels, ThatAreNestedDeepEndAtTheSecondLevel) {
  const std::string deep(10'000, '(');
  expect_misread("resources = {'a': " + deep, "1:20: a string: type, policy or label in quotes is expected");
  expect_misread("resources = " + std::string(10'000, '{'), "1:14: the name of a resource in quotes is expected");
}

TEST(OldResourceLabels, AreRefusedWithLineAndColumn) {
  struct Case {
    std::string text, how;
  };
  const Case cases[] = {
      {"", "1:1: 'resources = {' is expected"},
      {"resources", "1:10: '=' is expected"},
      {"resources = {", "1:14: the name of a resource in quotes"},
      {"resources = {\n'a': ('ACM', 'p', 'l'),\n", "3:1: the name of a resource in quotes"},
      {"resources = {'a': ('ACM', 'p', 'l')", "1:36: ',' is expected between two entries"},
      {"resources = {'a", "1:14: the string does not end on its line"},
      {"resources = {'a\n': ('ACM', 'p', 'l')}", "1:14: the string does not end on its line"},
      {"resources = {'a\\", "1:16: the escapes are"},
      {"resources = {'a\\'", "1:14: the string does not end on its line"},
      {"resources = {'\\x4': ('ACM', 'p', 'l')}", "1:15: the escapes are"},
      {"resources = {'\\u0041': ('ACM', 'p', 'l')}", "1:15: the escapes are"},
      {"resources = {u'\\ud800': ('ACM', 'p', 'l')}", "1:14: what the escapes of the string make is no UTF-8"},
      {"resources = {'\\xff': ('ACM', 'p', 'l')}", "1:14: what the escapes of the string make is no UTF-8"},
      {"resources = {'a': ('p')}", "1:23: a label has at least policy and label"},
      {"resources = {'a': ()}", "1:20: a label has at least policy and label"},
      {"resources = {'a': ('ACM', 'p', 'l', 'm')}", "1:37: a label has three strings"},
      {"resources = {'a': ('ACM', 'p', 'l'),\n 'a': ('ACM', 'p', 'm')}", "2:2: 'a' has a label already, in line 1"},
      {"resources = {'\xff': ('ACM', 'p', 'l')}", "1:15: what stands here is no text"},
      {std::string("resources = {'\0'}", 17), "1:15: what stands here is no text"},
      {"resources = {'" + std::string(5000, 'a') + "': ('ACM', 'p', 'l')}", "1:14: the string is longer than 4096"},
  };
  for (const auto& [text, how] : cases) expect_misread(text, how);
}

TEST(OldResourceLabels, HaveBounds) {
  std::string many = "resources = {";
  for (std::size_t n = 0; n <= kMaxOldLabels; ++n) many += "'" + std::to_string(n) + "':('p','l'),\n";
  expect_misread(many + "}", std::to_string(kMaxOldLabels + 1) + ":1: there are more than 100000 entries");
  expect_misread(std::string(kMaxResourceLabelsBytes + 1, ' '), "0:0: the file is larger than 16 MiB");
}

}  // namespace
}  // namespace xenacm::labeltool::test
