// SPDX-License-Identifier: Apache-2.0
// A resource's label is bound to the thing, not to its spelling (architecture, "Labels"; docs/resources.md)
#include "enforcer/monitor/resource_label.h"

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

const Identity kA{"inode 1:10", "100.0", "aaaa"};
const Identity kB{"inode 1:11", "101.0", "bbbb"};

Resource seen(std::string_view name, const Identity& identity) { return {name_of(name), identity, {}}; }

// The label that the state finds, "contradiction", or "none".
std::string label(const Scene& host, const Resource& resource) {
  const FoundLabel found = find_label(host.state(), resource);
  if (!found.contradiction.empty()) return "contradiction";
  return found.record != nullptr ? found.record->second.label.label : "none";
}

// a.img was labelled A-Bank.
Scene host_with_labelled_image() {
  Scene host = Scene::mytest();
  host.ask(LabelResource{seen("file:/vm/a.img", kA), "A-Bank", {}});
  return host;
}

TEST(ResourceLabel, GoesWithTheThingToAnyOfItsNames) {
  const Scene host = host_with_labelled_image();
  for (const char* name : {"file:/vm/a.img", "file:/vm/renamed.img", "tap:aio:/vm/hardlink.img", "phy:/dev/loop0"}) {
    EXPECT_EQ(label(host, seen(name, kA)), "A-Bank") << name;
  }
}

TEST(ResourceLabel, DoesNotGoToAnotherThing) {
  const Scene host = host_with_labelled_image();
  EXPECT_EQ(label(host, seen("file:/vm/copy.img", kB)), "none");
  EXPECT_EQ(label(host, seen("file:/vm/copy.img", {kA.place, "200.0", ""})), "none") << "its inode number again";
}

TEST(ResourceLabel, DoesNotGoToAnotherThingWhereNeitherHasAMark) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{seen("file:/vm/a.img", {"inode 1:10", "100.0", ""}), "A-Bank", {}});
  EXPECT_EQ(label(host, seen("file:/vm/other.img", {"inode 1:10", "200.0", ""})), "none") << "its inode number again";
}

TEST(ResourceLabel, WhatTakesTheNameOfALabelledThingIsNobodys) {
  const Scene host = host_with_labelled_image();
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "contradiction") << "deleted and made anew";
  EXPECT_EQ(label(host, seen("tap:aio:/vm/a.img", kB)), "contradiction") << "under another driver's prefix";
  EXPECT_EQ(label(host, seen("file:/vm/a.img", {kA.place, "200.0", ""})), "contradiction") << "on the same inode";
}

TEST(ResourceLabel, AMarkAloneIsNotTheThing) {
  const Scene host = host_with_labelled_image();
  EXPECT_EQ(label(host, seen("file:/vm/copy.img", {"inode 1:12", "102.0", kA.mark})), "contradiction");
  EXPECT_EQ(label(host, seen("file:/vm/a.img", {kA.place, kA.birth, ""})), "contradiction") << "the mark was stripped";
}

TEST(ResourceLabel, OfAThingThatWasSeenBeforeItGotAMarkStays) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{seen("file:/vm/a.img", {kA.place, kA.birth, ""}), "A-Bank", {}});
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kA)), "A-Bank");
  EXPECT_EQ(label(host, seen("file:/vm/a.img", {kA.place, "", kA.mark})), "contradiction") << "is it the same?";
}

TEST(ResourceLabel, OfWhatIsNotThereIsThatOfItsName) {
  const Scene host = host_with_labelled_image();
  EXPECT_EQ(label(host, resource("file:/vm/a.img")), "A-Bank");
  EXPECT_EQ(label(host, resource("tap:qcow2:/vm/a.img")), "A-Bank");
  EXPECT_EQ(label(host, resource("file:/vm/b.img")), "none");
}

TEST(ResourceLabel, CannotBeToldWhereTheThingCannotBeSeen) {
  const Scene host = host_with_labelled_image();
  EXPECT_EQ(label(host, {name_of("file:/vm/b.img"), {}, "/vm/b.img: Input/output error"}), "contradiction");
}

TEST(ResourceLabel, AThingAtTheNameOfAnotherLabelledOneIsNobodys) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{seen("file:/vm/b.img", kB), "B-Bank", {}});
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "contradiction");
  EXPECT_EQ(label(host, seen("file:/vm/b.img", kB)), "B-Bank");
}

TEST(ResourceLabel, TwoThingsOfOneLabelMayChangePlaces) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{seen("file:/vm/b.img", kB), "A-Bank", {}});
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "A-Bank");
}

// A ledger of schema version 1 could hold both.
TEST(ResourceLabel, OfOneNameUnderTwoPrefixesWithTwoLabelsIsNone) {
  Scene host = Scene::mytest();
  host.apply(PutResource{name_of("file:/vm/a.img"), {{"mytest", "A-Bank"}, {}}});
  host.apply(PutResource{name_of("tap:aio:/vm/a.img"), {{"mytest", "B-Bank"}, {}}});
  EXPECT_EQ(label(host, resource("file:/vm/a.img")), "contradiction");
  EXPECT_EQ(label(host, seen("tap:qcow2:/vm/a.img", kA)), "contradiction");
  host.ask(UnlabelResource{resource("tap:aio:/vm/a.img")});
  EXPECT_EQ(label(host, resource("tap:aio:/vm/a.img")), "A-Bank");
}

StartDomain with_disk(const std::string& name, const Resource& disk) {
  return {.domid = DomId(7), .uuid = uuid_of(7), .name = DomainName(name), .disks = {{disk}}};
}

TEST(ResourceLabel, ThatPrecedesItsFileIsBoundAtTheFirstUse) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/vm/a.img"), "A-Bank", {}});
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "A-Bank") << "nothing was used yet";
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  EXPECT_TRUE(host.ask(with_disk("a", seen("file:/vm/a.img", kA))).allowed());
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "contradiction");
  EXPECT_EQ(label(host, seen("file:/vm/moved.img", kA)), "A-Bank");
}

TEST(ResourceLabel, ThatPrecedesItsFileIsBoundByALinkToo) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/vm/a.img"), "A-Bank", {}});
  host.start(2, "client1", "A-Bank");
  host.ask(AttachLink{{"vbd", DomId(2), kDomain0, 51712}, {}, {seen("file:/vm/a.img", kA)}});
  EXPECT_EQ(host.state().resources().at(name_of("file:/vm/a.img")).identity, kA);
}

TEST(ResourceLabel, IsNotBoundByAUseThatIsRefused) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/vm/a.img"), "A-Bank", {}});
  host.ask(LabelDomain{DomainName("b"), {}, "B-Bank", {}});
  EXPECT_EQ(rules(host.ask(with_disk("b", seen("file:/vm/a.img", kA)))), "resource");
  EXPECT_FALSE(host.state().resources().at(name_of("file:/vm/a.img")).identity);
}

TEST(ResourceLabel, AContradictionDeniesTheStartAndSaysWhatToDo) {
  Scene host = host_with_labelled_image();
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  const Verdict verdict = host.ask(with_disk("a", seen("file:/vm/a.img", kB)));
  EXPECT_EQ(verdict.decision, Decision::deny);
  ASSERT_EQ(rules(verdict), "integrity");
  EXPECT_EQ(verdict.reasons[0].device, "disk 0");
  EXPECT_NE(verdict.reasons[0].remedy.find("labeltool resources --repair file:/vm/a.img adopt"), std::string::npos)
      << verdict.reasons[0].remedy;
}

TEST(ResourceLabel, RemediesAreCommandsThatAShellTakes) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{seen("file:/vm/my disk.img", kA), "A-Bank", {}});
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  const Verdict verdict = host.ask(with_disk("a", seen("file:/vm/my disk.img", kB)));
  EXPECT_NE(verdict.reasons.at(0).remedy.find("--repair 'file:/vm/my disk.img' adopt"), std::string::npos)
      << verdict.reasons.at(0).remedy;
}

TEST(ResourceLabel, OfAThingIsGivenOnce) {
  Scene host = host_with_labelled_image();
  EXPECT_NE(host.fault(LabelResource{seen("tap:aio:/vm/link.img", kA), "B-Bank", {}})
                .find("is already labeled with 'ACM:mytest:A-Bank', as 'file:/vm/a.img'."),
            std::string::npos);
  EXPECT_NE(host.fault(LabelResource{seen("file:/vm/a.img", kB), "B-Bank", {}}).find("something else is there now"),
            std::string::npos);
}

TEST(ResourceLabel, IsRemovedByAnyNameOfTheThing) {
  Scene host = host_with_labelled_image();
  host.ask(UnlabelResource{seen("tap:aio:/vm/link.img", kA)});
  EXPECT_TRUE(host.state().resources().empty());
}

TEST(ResourceLabel, IsRemovedByItsOwnNameWhateverIsThere) {
  Scene host = host_with_labelled_image();
  host.ask(UnlabelResource{seen("file:/vm/a.img", kB)});
  EXPECT_TRUE(host.state().resources().empty());
}

TEST(Repair, AdoptTakesWhatIsAtTheName) {
  Scene host = host_with_labelled_image();
  host.ask(RepairResource{seen("file:/vm/a.img", kB), Mend::adopt, {}});
  EXPECT_EQ(label(host, seen("file:/vm/a.img", kB)), "A-Bank");
  EXPECT_EQ(label(host, seen("file:/vm/old.img", kA)), "none");
  EXPECT_NE(host.fault(RepairResource{resource("file:/vm/a.img"), Mend::adopt, {}}).find("is not there"),
            std::string::npos);
}

TEST(Repair, AdoptDoesNotTakeAnothersThing) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{seen("file:/vm/b.img", kB), "B-Bank", {}});
  EXPECT_NE(host.fault(RepairResource{seen("file:/vm/a.img", kB), Mend::adopt, {}}).find("file:/vm/b.img"),
            std::string::npos);
}

TEST(Repair, AdoptDoesNotTakeACopyOfAnothersThing) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{resource("file:/vm/b.img"), "B-Bank", {}});
  const Resource copy = seen("file:/vm/b.img", {"inode 1:12", "102.0", kA.mark});
  EXPECT_NE(host.fault(RepairResource{copy, Mend::adopt, {}}).find("forget_mark"), std::string::npos);
}

TEST(Repair, RenameTakesNoNameThatHasALabel) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{resource("file:/vm/b.img"), "B-Bank", {}});
  for (const char* name : {"file:/vm/b.img", "tap:aio:/vm/b.img"}) {
    EXPECT_NE(host.fault(RepairResource{resource("file:/vm/a.img"), Mend::rename, seen(name, kA)})
                  .find("has a label of its own already"),
              std::string::npos)
        << name;
  }
}

TEST(Repair, MovesALabelOnlyFromWhatWasSeenToWhatIsThere) {
  Scene host = host_with_labelled_image();
  host.ask(LabelResource{resource("file:/vm/later.img"), "A-Bank", {}});
  const Resource image = resource("file:/vm/a.img");
  const Resource unreadable{name_of("file:/vm/new.img"), {}, "/vm/new.img is a directory"};
  struct Case {
    RepairResource request;
    const char* said;
  };
  for (const Case& wrong :
       {Case{{image, Mend::rename, {}}, "needs the new name"},
        Case{{image, Mend::rename, unreadable}, "is a directory"},
        Case{{image, Mend::rename, resource("file:/vm/new.img")}, "not moved to nothing"},
        Case{{resource("file:/vm/later.img"), Mend::rename, seen("file:/vm/new.img", kB)}, "was never seen"},
        Case{{{name_of("file:/vm/a.img"), {}, "/vm/a.img is a directory"}, Mend::adopt, {}}, "is a directory"}}) {
    EXPECT_NE(host.fault(wrong.request).find(wrong.said), std::string::npos) << wrong.said;
  }
}

TEST(Repair, RenameMindsNothingAtTheOldName) {
  Scene host = host_with_labelled_image();
  const Resource unreadable{name_of("file:/vm/a.img"), {}, "/vm/a.img is a directory"};
  EXPECT_TRUE(host.ask(RepairResource{unreadable, Mend::rename, seen("file:/vm/new.img", kA)}).allowed());
}

TEST(Repair, RenameFollowsTheThingAndNothingElse) {
  Scene host = host_with_labelled_image();
  const Resource gone = resource("file:/vm/a.img");
  EXPECT_NE(host.fault(RepairResource{gone, Mend::rename, seen("file:/vm/new.img", kB)}).find("is not what"),
            std::string::npos);
  host.ask(RepairResource{gone, Mend::rename, seen("file:/vm/new.img", kA)});
  EXPECT_FALSE(host.state().resources().contains(name_of("file:/vm/a.img")));
  EXPECT_EQ(label(host, resource("file:/vm/new.img")), "A-Bank");
}

TEST(Repair, RenameTakesWhatCarriesTheMarkToAnotherFileSystem) {
  Scene host = host_with_labelled_image();
  const Resource moved = seen("file:/other/a.img", {"inode 2:5", "300.0", kA.mark});
  host.ask(RepairResource{resource("file:/vm/a.img"), Mend::rename, moved});
  EXPECT_EQ(label(host, moved), "A-Bank");
}

TEST(Repair, AMarkIsForgottenOnACopyAlone) {
  Scene host = host_with_labelled_image();
  const Resource copy = seen("file:/vm/copy.img", {"inode 1:12", "102.0", kA.mark});
  EXPECT_TRUE(host.ask(RepairResource{copy, Mend::forget_mark, {}}).allowed());
  EXPECT_NE(host.fault(RepairResource{seen("file:/vm/a.img", kA), Mend::forget_mark, {}}).find("not a copy"),
            std::string::npos);
  EXPECT_NE(host.fault(RepairResource{resource("file:/vm/x.img"), Mend::forget_mark, {}}).find("carries no mark"),
            std::string::npos);
}

// Two domains without a common type would share the file.
TEST(ResourceLabel, ThatPrecedesItsFileIsNotBoundToWhatIsInUseWithoutIt) {
  Scene host = Scene::mytest();
  host.ask(LabelResource{resource("file:/vm/later.img"), "AutoCorp", {}});
  host.start(1, "stray");
  host.ask(AttachLink{{"vbd", DomId(1), kDomain0, 51712}, {}, {seen("file:/vm/other.img", kA)}});
  host.ask(LabelDomain{DomainName("cars"), {}, "AutoCorp", {}});
  const Resource linked = seen("file:/vm/later.img", kA);
  EXPECT_EQ(rules(host.ask(with_disk("cars", linked))), "integrity");
  EXPECT_NE(host.fault(RepairResource{linked, Mend::adopt, {}}).find("in use"), std::string::npos);
  host.stop(1);
  EXPECT_TRUE(host.ask(with_disk("cars", linked)).allowed());
}

TEST(ResourceLabel, AnAbsentDiskWithoutARecordIsNobodys) {
  Scene host = Scene::mytest();
  Resource nothing = resource("phy:/dev/drbd:r0");
  nothing.absent = true;
  EXPECT_EQ(rules(host.ask(with_disk("stray", nothing))), "integrity");
  host.ask(LabelResource{nothing, "A-Bank", {}});
  host.ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}});
  EXPECT_TRUE(host.ask(with_disk("a", nothing)).allowed()) << "what a script makes of the name is labelled by it";
}

TEST(ResourceLabel, IsFoundAndRemovedByTheNameThatWasTyped) {
  Scene host = Scene::mytest();
  host.apply(PutResource{name_of("file:/vm/link.img"), {{"mytest", "A-Bank"}, {}}});
  Resource present = seen("file:/vm/real.img", kA);
  present.typed = name_of("file:/vm/link.img");
  host.ask(UnlabelResource{present});
  EXPECT_TRUE(host.state().resources().empty());
  host.ask(LabelResource{resource("file:/vm/real.img"), "A-Bank", {}});
  EXPECT_TRUE(host.ask(RepairResource{seen("tap:aio:/vm/real.img", kA), Mend::adopt, {}}).allowed());
}

TEST(Repair, NeedsALabel) {
  Scene host = Scene::mytest();
  EXPECT_NE(host.fault(RepairResource{seen("file:/vm/a.img", kA), Mend::adopt, {}}).find("Resource not labeled"),
            std::string::npos);
}

}  // namespace
}  // namespace xenacm::monitor
