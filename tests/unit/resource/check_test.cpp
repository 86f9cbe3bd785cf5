// SPDX-License-Identifier: Apache-2.0
// What is said of labels whose name and thing have come apart (docs/resources.md, "Findings")
#include "enforcer/resource/check.h"

#include <gtest/gtest.h>

#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {
namespace {

using monitor::Identity;
using monitor::Resource;

const std::string kMark(32, 'a');
const std::string kOtherMark(32, 'b');
const Identity kA{"inode 1:10", "1700000000.000000001", kMark};
const Identity kB{"inode 1:11", "1700000000.000000002", kOtherMark};
const Identity kUnmarked{"inode 1:12", "1700000000.000000003", ""};

// What a record says, and what is seen at its name.
struct Case {
  std::string name;
  std::optional<Identity> recorded;
  std::optional<Identity> present;
  std::string trouble{};
  std::string label = "ACM:mytest:A-Bank";
};

std::vector<Finding> find(const std::vector<Case>& cases) {
  std::vector<Record> records;
  std::vector<Resource> seen;
  for (const Case& one : cases) {
    records.push_back({named(one.name), one.label, one.recorded});
    seen.push_back({named(one.name), one.present, one.trouble});
  }
  return findings(records, seen);
}

// Of the only finding.
Finding find_one(const std::vector<Case>& cases) {
  const auto found = find(cases);
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? Finding{} : found.front();
}

using Lines = std::vector<std::string>;

Identity with(Identity identity, const std::string& place, const std::string& birth, const std::string& mark) {
  identity.place = place;
  identity.birth = birth;
  identity.mark = mark;
  return identity;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Findings, NothingIsSaidOfWhatIsInOrder) {
  EXPECT_TRUE(find({{"file:/a", kA, kA},
                    {"file:/b", kB, kB},
                    {"file:/unmarked", kUnmarked, kUnmarked},
                    {"file:/not-yet", {}, {}},
                    {"bridge:xenbr0", {}, {}},
                    {"pci:0000:04:00.0", {}, {}}})
                  .empty());
}

TEST(Findings, WhatCannotBeReadIsMendedElsewhere) {
  const Finding found = find_one({{"file:/a", kA, {}, "cannot look at /a: Input/output error"}});
  EXPECT_EQ(found.kind, FindingKind::unreadable);
  EXPECT_EQ(found.name, named("file:/a"));
  EXPECT_EQ(found.label, "ACM:mytest:A-Bank");
  EXPECT_EQ(found.what, "cannot look at /a: Input/output error");
  EXPECT_TRUE(found.mends.empty());
}

TEST(Findings, NothingIsAtTheName) {
  const Finding found = find_one({{"file:/a", kA, {}}});
  EXPECT_EQ(found.kind, FindingKind::orphan);
  EXPECT_TRUE(contains(found.what, "inode 1:10, made 2023-11-14 22:13:20.000000001 UTC, mark " + kMark)) << found.what;
  EXPECT_EQ(found.mends,
            (Lines{"labeltool resources --repair file:/a rename NEWNAME", "labeltool rmlabel res file:/a"}));
}

TEST(Findings, SomethingElseIsAtTheName) {
  for (const Identity& present : {kB, with(kA, kA.place, kB.birth, ""), kUnmarked}) {
    const Finding found = find_one({{"file:/a", kA, present}});
    EXPECT_EQ(found.kind, FindingKind::replaced);
    EXPECT_TRUE(contains(found.what, "recorded: inode 1:10")) << found.what;
    EXPECT_TRUE(contains(found.what, "present: " + present.place)) << found.what;
    EXPECT_EQ(found.mends,
              (Lines{"labeltool resources --repair file:/a adopt",
                     "labeltool resources --repair file:/a rename NEWNAME", "labeltool rmlabel res file:/a"}));
  }
}

TEST(Findings, WhatIsThereWasLabelledUnderAnotherName) {
  const Finding found = find_one({{"file:/a", kA, kB}, {"file:/b", kB, kB, "", "ACM:mytest:B-Bank"}});
  EXPECT_EQ(found.kind, FindingKind::replaced);
  EXPECT_EQ(found.name, named("file:/a"));
  EXPECT_TRUE(contains(found.what, "was labelled ACM:mytest:B-Bank as 'file:/b'")) << found.what;
  EXPECT_EQ(found.mends, (Lines{"labeltool rmlabel res file:/a"}));
}

TEST(Findings, WhatIsThereWasLabelledUnderAnotherNameAndCameFromThere) {
  const auto found = find({{"file:/a", kA, kB}, {"file:/b", kB, {}}});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].kind, FindingKind::replaced);
  EXPECT_EQ(found[0].mends,
            (Lines{"labeltool rmlabel res file:/a",
                   "labeltool rmlabel res file:/a && labeltool resources --repair file:/b rename file:/a"}));
  EXPECT_EQ(found[1].kind, FindingKind::doubled) << "it is known where it went";
}

TEST(Findings, TheMarkIsThereButNotTheFile) {
  for (const Identity& present : {with(kA, "inode 1:99", kA.birth, kMark), with(kA, kA.place, "1700000009.0", kMark),
                                  with(kA, "inode 2:10", "", kMark)}) {
    const Finding found = find_one({{"file:/a", kA, present}});
    EXPECT_EQ(found.kind, FindingKind::contradictory);
    EXPECT_TRUE(contains(found.what, "carries the recorded mark, but is not the recorded file")) << found.what;
    EXPECT_EQ(found.mends, (Lines{"labeltool resources --repair file:/a adopt",
                                  "labeltool resources --repair file:/a forget_mark"}));
  }
}

TEST(Findings, TheFileIsThereButNotTheMark) {
  for (const char* mark : {"", kOtherMark.c_str()}) {
    const Finding found = find_one({{"file:/a", kA, with(kA, kA.place, kA.birth, mark)}});
    EXPECT_EQ(found.kind, FindingKind::contradictory);
    EXPECT_TRUE(contains(found.what, "its mark is not the recorded one")) << found.what;
    EXPECT_EQ(found.mends, (Lines{"labeltool resources --repair file:/a adopt", "labeltool rmlabel res file:/a"}));
  }
}

TEST(Findings, ACopyCameToALabelledName) {
  const Identity copy = with(kA, "inode 1:99", "1700000009.0", kMark);
  for (const std::optional<Identity>& recorded : {std::optional<Identity>{}, std::optional(kB)}) {
    const Finding found = find_one({{"file:/a", kA, kA}, {"file:/b", recorded, copy}});
    EXPECT_EQ(found.kind, FindingKind::contradictory);
    EXPECT_EQ(found.name, named("file:/b"));
    EXPECT_TRUE(contains(found.what, "has part of what 'file:/a'")) << found.what;
    EXPECT_EQ(found.mends,
              (Lines{"labeltool resources --repair file:/b forget_mark", "labeltool rmlabel res file:/b"}));
  }
}

TEST(Findings, ACopyThatWasAdoptedKeepsItsMarkWhileItIsLabelled) {
  const Identity copy = with(kA, "inode 1:99", "1700000009.0", kMark);
  const auto found = find({{"file:/a", kA, kA}, {"file:/b", copy, copy}});
  ASSERT_EQ(found.size(), 2u) << "each contradicts the other's record";
  EXPECT_EQ(found[1].kind, FindingKind::contradictory);
  EXPECT_EQ(found[1].mends, (Lines{"labeltool rmlabel res file:/b && labeltool resources --repair file:/b forget_mark",
                                   "labeltool rmlabel res file:/b"}));
}

TEST(Findings, WhatLostItsMarkHasNoneToForget) {
  const Identity bare = with(kA, kA.place, kA.birth, "");
  const auto found = find({{"file:/a", kA, bare}, {"file:/alias", {}, bare}});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].kind, FindingKind::contradictory);
  EXPECT_EQ(found[1].mends, (Lines{"labeltool rmlabel res file:/alias"}));
}

TEST(Findings, ALabelledFileMovedToALabelledNameFromAnotherFileSystem) {
  const auto found = find({{"file:/a", kA, {}}, {"file:/b", kB, with(kA, "inode 2:10", "1700000009.0", kMark)}});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].mends.back(),
            "labeltool rmlabel res file:/b && labeltool resources --repair file:/a rename file:/b");
}

TEST(Findings, TwoRecordsLeadToOneThing) {
  const auto found = find({{"file:/a", kA, kA}, {"file:/b", kA, kA}, {"tap:aio:/c", {}, kA}});
  ASSERT_EQ(found.size(), 2u) << "each but the first";
  for (const auto& [finding, name] : {std::pair{found[0], "file:/b"}, {found[1], "tap:aio:/c"}}) {
    EXPECT_EQ(finding.kind, FindingKind::doubled);
    EXPECT_EQ(finding.name, named(name));
    EXPECT_TRUE(contains(finding.what, "and 'file:/a'")) << finding.what;
    EXPECT_EQ(finding.mends, (Lines{"labeltool rmlabel res " + std::string(name), "labeltool rmlabel res file:/a"}));
  }
}

TEST(Findings, TwoRecordsLeadToOneThingThatTheFirstDoesNotKnowYet) {
  const Finding found = find_one({{"file:/a", {}, kA}, {"file:/b", kA, kA}});
  EXPECT_EQ(found.kind, FindingKind::doubled);
  EXPECT_EQ(found.name, named("file:/b"));
}

TEST(Findings, TwoNamesOfOneDevice) {
  const Identity device{"device wwn-0x1", "", ""};
  EXPECT_EQ(find_one({{"phy:/dev/a", device, device}, {"phy:/dev/b", device, device}}).kind, FindingKind::doubled);
}

TEST(Findings, TheThingOfAnEmptyNameIsAtAnotherRecordsName) {
  const Finding found = find_one({{"file:/a", kA, {}}, {"file:/b", kA, kA, "", "ACM:mytest:B-Bank"}});
  EXPECT_EQ(found.kind, FindingKind::doubled);
  EXPECT_EQ(found.name, named("file:/a"));
  EXPECT_TRUE(contains(found.what, "is at 'file:/b' now, which is labelled ACM:mytest:B-Bank")) << found.what;
}

TEST(Findings, ALabelWithoutAThingFindsOne) {
  const Finding found = find_one({{"file:/a", {}, kUnmarked}});
  EXPECT_EQ(found.kind, FindingKind::unbound);
  EXPECT_EQ(found.mends, (Lines{"labeltool resources --repair file:/a adopt"}));
}

TEST(Findings, ALabelWithoutAThingFindsOneThatHasALabel) {
  const auto found = find({{"file:/a", {}, kB}, {"file:/b", kB, {}}});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].kind, FindingKind::doubled);
}

TEST(Findings, ComeInTheOrderOfTheRecords) {
  const auto found = find({{"file:/z", kA, {}}, {"file:/y", {}, kUnmarked}, {"file:/x", kB, {}, "trouble"}});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].name, named("file:/z"));
  EXPECT_EQ(found[1].name, named("file:/y"));
  EXPECT_EQ(found[2].name, named("file:/x"));
}

TEST(Findings, MendsCanBeTypedIntoAShell) {
  EXPECT_EQ(find_one({{"file:/my disk$(x).img", {}, kUnmarked}}).mends,
            (Lines{"labeltool resources --repair 'file:/my disk$(x).img' adopt"}));
  EXPECT_EQ(find_one({{"file:/it's", {}, kUnmarked}}).mends,
            (Lines{R"(labeltool resources --repair 'file:/it'\''s' adopt)"}));
}

TEST(Findings, HaveAWordEach) {
  EXPECT_EQ(to_text(FindingKind::unreadable), "unreadable");
  EXPECT_EQ(to_text(FindingKind::contradictory), "contradictory");
  EXPECT_EQ(to_text(FindingKind::replaced), "replaced");
  EXPECT_EQ(to_text(FindingKind::doubled), "double");
  EXPECT_EQ(to_text(FindingKind::orphan), "orphan");
  EXPECT_EQ(to_text(FindingKind::unbound), "unbound");
}

}  // namespace
}  // namespace xenacm::resource
