// SPDX-License-Identifier: Apache-2.0
// The report of labeltool doctor, its exit status, and the list of its findings
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "labeltool/doctor/report.h"
#include "tests/unit/labeltool/commandline.h"

namespace xenacm::labeltool::doctor::test {
namespace {

const Finding kNotice{Kind::permissive, "the host", "nothing is refused", {{"labeltool mode enforcing"}}};
const Finding kWarning{
    Kind::script_silent, "vif 0", "not\x1b run", {{"apt-get install x", "nicdom"}, {"xl network-detach 2 0"}}};
const Finding kCritical{Kind::gate_off, "here", "off", {{"a"}}};

TEST(DoctorReport, ThePageListsEveryFindingWithItsSeverity) {
  std::ifstream page(XENACM_SOURCE_DIR "/docs/doctor.md");
  const std::string text(std::istreambuf_iterator<char>(page), {});
  std::set<std::string_view> names;
  for (const Meaning& one : meanings()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_TRUE(text.contains("\n| `" + std::string(one.name) + "` | " + std::string(to_text(one.severity)) + " |"))
        << one.name;
  }
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = text.find("\n| `", at)) != std::string::npos; ++at) ++rows;
  EXPECT_EQ(rows, names.size()) << "and no other";
}

TEST(DoctorReport, EachKindHasItsOwnMeaning) {
  for (int kind = 0; kind <= static_cast<int>(Kind::clock_unsynchronised); ++kind) {
    EXPECT_EQ(meaning(static_cast<Kind>(kind)).kind, static_cast<Kind>(kind));
  }
}

TEST(DoctorReport, TheStatusTellsWhetherThereIsSomethingToDo) {
  EXPECT_EQ(status_of({}), 0);
  EXPECT_EQ(status_of({.findings = {kNotice}, .unseen = {}}), 0);
  EXPECT_EQ(status_of({.findings = {kWarning}, .unseen = {}}), 1);
  EXPECT_EQ(status_of({.findings = {kNotice, kCritical}, .unseen = {}}), 1);
  EXPECT_EQ(status_of({.findings = {kCritical}, .unseen = {"devices: no xenstored"}}), 2);
}

TEST(DoctorReport, TheWorstIsFirstAndSaysWhereToTypeWhat) {
  Report report{.xen = "4.17.5",
                .xenstored = "C (pid 97)",
                .daemon = "acm-enforcerd",
                .hooks = "xl asks first",
                .findings = {kNotice, kWarning, kCritical},
                .unseen = {}};
  sort_by_severity(report.findings);
  const std::string text = text_of(report);
  EXPECT_LT(text.find("critical  gate-off: off\n"), text.find("warning   script-silent: not? run\n"));
  EXPECT_TRUE(text.contains("  where   vif 0\n  why     "));
  EXPECT_TRUE(text.contains("  remedy  in nicdom: apt-get install x\n          xl network-detach 2 0\n")) << text;
  EXPECT_TRUE(text.ends_with("\n1 critical, 1 warnings, 1 notices\n")) << text;
  const nlohmann::json json = json_of(report);
  EXPECT_EQ(json["findings"][1]["finding"], "script-silent");
  EXPECT_EQ(json["findings"][1]["remedy"][0], nlohmann::json({{"in", "nicdom"}, {"command", "apt-get install x"}}));
  EXPECT_EQ(json["findings"][1]["remedy"][1]["in"], "Domain-0");
}

TEST(DoctorReport, SaysSoWhereThereIsNothingToDo) {
  EXPECT_TRUE(text_of(Report{}).ends_with("\nNothing to do.\n"));
  EXPECT_FALSE(text_of(Report{.findings = {}, .unseen = {"x"}}).contains("Nothing to do"));
}

TEST(DoctorReport, GuestsWordsAreOneLineOfPlainCharacters) {
  EXPECT_EQ(guests_words("a\x1b[31m\n\xe2\x80\xae"), "a?[31m????");
  EXPECT_EQ(guests_words(std::string(10'000, 'x')).size(), 163u);
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test
