// SPDX-License-Identifier: Apache-2.0
// Which operations come to what: domains, removals, and what a transaction takes back.
#include "enforcer/gate/effects.h"

#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

const std::string kUuidText(kUuid);

// The one transaction by which libxl makes a domain.
std::vector<OwnedFrame> libxl_domain() {
  return {rm("/local/domain/7"),
          mkdir("/local/domain/7"),
          set_perms("/local/domain/7", "n0 r7"),
          rm(kVm),
          mkdir(kVm),
          rm("/libxl/7"),
          mkdir("/libxl/7"),
          write("/local/domain/7/vm", kVm),
          write("/local/domain/7/name", "client"),
          mkdir("/local/domain/7/device"),
          set_perms("/local/domain/7/device", "n0 r7"),
          mkdir("/local/domain/7/device/suspend/event-channel"),
          set_perms("/local/domain/7/device/suspend/event-channel", "n7"),
          write(kVm + "/uuid", kUuid),
          write(kVm + "/name", "client"),
          write("/local/domain/7/domid", "7")};
}

TEST(DomainEffects, LibxlsDomainTransactionIsOneStart) {
  EXPECT_EQ(lines(outcome_of(libxl_domain())), Lines{"start 7 " + kUuidText + " client"});
}

TEST(DomainEffects, TheNameIsTheDomainsElseTheVmsElseEmpty) {
  const auto vm = write("/local/domain/7/vm", kVm);
  const auto own = write("/local/domain/7/name", "own");
  const auto of_vm = write(kVm + "/name", "vm's");
  EXPECT_EQ(lines(outcome_of({vm, own, of_vm})), Lines{"start 7 " + kUuidText + " own"});
  EXPECT_EQ(lines(outcome_of({of_vm, vm})), Lines{"start 7 " + kUuidText + " vm's"});
  EXPECT_EQ(lines(outcome_of({vm})), Lines{"start 7 " + kUuidText + " "});
}

TEST(DomainEffects, AVmThatIsNoUuidIsMalformed) {
  for (const std::string& value :
       {std::string(), kUuidText, kVm + "/", kVm + "-1", "vm/" + kUuidText, "/vm/7"s, kVm + '\0', "/vm/"s}) {
    EXPECT_EQ(lines(outcome_of({write("/local/domain/7/vm", value)})), Lines{"malformed /local/domain/7/vm"}) << value;
  }
}

TEST(DomainEffects, Domain0IsNotStarted) {
  EXPECT_EQ(lines(outcome_of({write("/local/domain/0/vm", kVm)})), Lines{});
  EXPECT_EQ(lines(outcome_of({write("vm", kVm)})), Lines{}) << "relative: Domain-0's";
}

TEST(DomainEffects, ANameWithoutAVmIsARenaming) {
  EXPECT_EQ(lines(outcome_of({write("/local/domain/7/name", "new"), write(kVm + "/name", "new")})),
            Lines{"rename 7 new"})
      << "libxl writes both";
  EXPECT_EQ(lines(outcome_of({write("/local/domain/7/name", "new"), write("/local/domain/8/vm", kVm)})),
            (Lines{"start 8 " + kUuidText + " ", "rename 7 new"}));
  EXPECT_EQ(lines(outcome_of({write(kVm + "/name", "new")})), Lines{}) << "read by nobody once the domain runs";
}

TEST(DomainEffects, AMkdirOfANameIsNoRenaming) {
  EXPECT_EQ(lines(outcome_of({mkdir("/local/domain/7/name")})), Lines{});
}

TEST(DomainEffects, SeveralDomainsAreAskedEach) {
  const std::string other = "11111111-2222-3333-4444-555555555555";
  EXPECT_EQ(lines(outcome_of({write("/local/domain/8/vm", "/vm/" + other), write("/local/domain/7/vm", kVm)})),
            (Lines{"start 7 " + kUuidText + " ", "start 8 " + other + " "}));
}

TEST(Effects, TheLastValueWins) {
  EXPECT_EQ(lines(outcome_of({write("/local/domain/7/vm", "nonsense"), write("/local/domain/7/vm", kVm),
                              write("/local/domain/7/name", "old"), write("/local/domain/7/name", "new")})),
            Lines{"start 7 " + kUuidText + " new"});
}

TEST(Effects, WhatIsRemovedAgainIsNone) {
  for (const char* removed : {"/local/domain/7/vm", "/local/domain/7", "/local/domain", "/local"}) {
    EXPECT_TRUE(outcome_of({write("/local/domain/7/vm", kVm), rm(removed)}).intents.empty()) << removed;
  }
}

TEST(Effects, ARemovalTakesTheNodeAndWhatIsBelowItAlone) {
  for (const char* removed : {"/local/domain/77", "/local/domain/7/v", "/local/domain/7/vm2", "/local/domain/7/name",
                              "/local/domain/70", "/", "local", "/vm", "/locale", "/local/domain/7/vm/x"}) {
    EXPECT_EQ(lines(outcome_of({write("/local/domain/7/vm", kVm), rm(removed)})).at(0), "start 7 " + kUuidText + " ")
        << removed;
  }
}

TEST(Effects, WhatIsWrittenAgainAfterARemovalCounts) {
  EXPECT_EQ(lines(outcome_of({write("/local/domain/7/vm", "nonsense"), write("/local/domain/7/name", "old"),
                              rm("/local/domain/7"), write("/local/domain/7/vm", kVm)})),
            Lines{"start 7 " + kUuidText + " "});
}

TEST(Effects, AMkdirMakesAnEmptyNodeButLeavesAValueAlone) {
  EXPECT_EQ(lines(outcome_of({mkdir("/local/domain/7/vm")})), Lines{"malformed /local/domain/7/vm"});
  EXPECT_EQ(lines(outcome_of({write("/local/domain/7/vm", kVm), mkdir("/local/domain/7/vm")})),
            Lines{"start 7 " + kUuidText + " "});
}

TEST(Effects, RequestsThatNoXenstoredCarriesOutHaveNone) {
  const std::string path = "/local/domain/7/vm";
  EXPECT_FALSE(operation_of(frame(Message::write, path).view()).has_value()) << "no NUL";
  EXPECT_FALSE(operation_of(frame(Message::mkdir, path).view()).has_value()) << "no NUL";
  EXPECT_FALSE(operation_of(frame(Message::mkdir, path + "\0x"s).view()).has_value()) << "more than a path";
  EXPECT_FALSE(operation_of(frame(Message::rm, path).view()).has_value()) << "no NUL";
  EXPECT_FALSE(operation_of(frame(Message::rm, path + "\0\0"s).view()).has_value()) << "more than a path";
  EXPECT_FALSE(operation_of(frame(Message::write, "").view()).has_value()) << "empty";
  EXPECT_FALSE(operation_of(frame(Message::rm, "").view()).has_value()) << "empty";
  EXPECT_FALSE(operation_of(frame(Message::read, path + "\0"s).view()).has_value()) << "not a change";
  EXPECT_TRUE(operation_of(write(path, "").view()).has_value()) << "an empty value is a value";
}

TEST(Effects, OtherSpellingsOfAPathAreOtherPaths) {
  for (const char* path :
       {"//local/domain/7/vm", "/local//domain/7/vm", "/local/domain/7/vm/", "/local/domain/7//vm",
        "/local/domain/./7/vm", "/local/domain/07/vm", "/local/domain/+7/vm", "/LOCAL/domain/7/vm"}) {
    EXPECT_EQ(lines(outcome_of({write(path, kVm)})), Lines{}) << path;
  }
}

TEST(RemovalEffects, ARemovedBackendDirectoryIsALinkRemoved) {
  EXPECT_EQ(lines(outcome_of({rm("/local/domain/5/backend/vif/7/0"), rm("/local/domain/7/device/vif/0")})),
            Lines{"removed vif/7/0 of 5"});
  EXPECT_EQ(lines(outcome_of({rm("backend/vif/7/0")})), Lines{"removed vif/7/0 of 0"}) << "relative";
}

TEST(RemovalEffects, ARemovedDirectoryOfBackendsIsAllOfItsLinksRemoved) {
  struct Case {
    const char* path;
    const char* removed;
  };
  for (const auto& [path, removed] : {
           Case{"/local/domain/5/backend/vif/7", "vif/7/* of 5"},
           Case{"/local/domain/5/backend/vtpm", "vtpm/* of 5"},
           Case{"/local/domain/5/backend", "* of 5"},
           Case{"/local/domain/5", "* of 5"},
       }) {
    EXPECT_EQ(lines(outcome_of({rm(path)})), Lines{"removed " + std::string(removed)}) << path;
  }
}

// libxl removes the directories above a device's that are left empty.
TEST(RemovalEffects, ADirectoryIsToldOfBeforeThoseAboveIt) {
  EXPECT_EQ(lines(outcome_of({rm("/local/domain/5/backend/vif/7/0"), rm("/local/domain/5/backend/vif/7"),
                              rm("/local/domain/5/backend/vif"), rm("/local/domain/5/backend")})),
            (Lines{"removed vif/7/0 of 5", "removed vif/7/* of 5", "removed vif/* of 5", "removed * of 5"}));
}

TEST(RemovalEffects, OneOfSeveralDirectoriesOfAClassSaysNothingOfTheOthers) {
  for (const char* path : {"/local/domain/5/backend/qdisk/7", "/local/domain/5/backend/vbd/7",
                           "/local/domain/5/backend/vbd", "/local/domain/5/backend/qusb"}) {
    EXPECT_EQ(lines(outcome_of({rm(path)})), Lines{}) << path;
  }
  EXPECT_EQ(lines(outcome_of({rm("/local/domain/5/backend/qdisk/7/51712")})), Lines{"removed vbd/7/51712 of 5"});
}

TEST(RemovalEffects, ARemovalThatNamesNoBackendsIsNone) {
  for (const char* path :
       {"/local/domain/7/device/vif/0", "/local/domain/7/device", "/local/domain/5/backend/vif/7/0/state",
        "/local/domain/5/backend/vif/07/0", "/local/domain/5/backend/vif/x", "/local/domain", "/vm"}) {
    EXPECT_EQ(lines(outcome_of({rm(path)})), Lines{}) << path;
  }
}

TEST(RemovalEffects, ALinkThatIsMadeAgainIsMadeAnewAndNothingIsRemoved) {
  const std::string back = "/local/domain/5/backend/vif/7/0";
  for (const char* gone : {"/local/domain/5/backend/vif/7/0", "/local/domain/5/backend/vif/7",
                           "/local/domain/5/backend/vif", "/local/domain/5/backend", "/local/domain/5"}) {
    EXPECT_EQ(lines(outcome_of({rm(gone), write(back + "/frontend-id", "7")})), Lines{"attach vif/7/0 to 5 anew"})
        << gone;
    EXPECT_EQ(lines(outcome_of({rm(gone), write(back + "/bridge", "xenbr0")})),
              Lines{"attach vif/7/0 to 5 on xenbr0 anew"})
        << gone;
  }
  EXPECT_EQ(lines(outcome_of(
                {rm("/local/domain/5/backend/vbd/7/1"), write("/local/domain/5/backend/qdisk/7/1/frontend-id", "7")})),
            Lines{"attach vbd/7/1 to 5 anew"});
}

TEST(RemovalEffects, AnotherLinkIsNotMadeAnew) {
  const std::string back = "/local/domain/5/backend/vif/7/0";
  for (const char* gone : {"/local/domain/5/backend/vif/7/1", "/local/domain/5/backend/vif/8",
                           "/local/domain/5/backend/vtpm", "/local/domain/6"}) {
    const Lines all = lines(outcome_of({rm(gone), write(back + "/frontend-id", "7")}));
    ASSERT_EQ(all.size(), 2u) << gone;
    EXPECT_EQ(all[0], "attach vif/7/0 to 5");
    EXPECT_TRUE(all[1].starts_with("removed ")) << all[1];
  }
}

TEST(RemovalEffects, WhatIsWrittenAndRemovedAgainIsRemoved) {
  EXPECT_EQ(lines(outcome_of(
                {write("/local/domain/5/backend/vif/7/0/frontend-id", "7"), rm("/local/domain/5/backend/vif/7/0")})),
            Lines{"removed vif/7/0 of 5"});
}

TEST(EffectsBound, ATransactionThatIsTooLargeIsMalformedAndStaysSo) {
  Effects effects;
  const std::string value(3000, 'x');
  for (std::size_t vm = 0; vm < Effects::kMaxBytes / value.size() + 1; ++vm) {
    effects.apply({Operation::Kind::write, "/vm/" + std::to_string(vm) + "/name", value});
  }
  effects.apply({Operation::Kind::remove, "/vm", {}});
  const Outcome outcome = effects.outcome();
  ASSERT_EQ(outcome.intents.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<monitor::MalformedWrite>(outcome.intents.front()));
}

TEST(EffectsBound, RewritingOrRemovingTheSamePathsDoesNotAddUp) {
  Effects effects;
  for (std::size_t round = 0; round < 2 * Effects::kMaxBytes / 1000; ++round) {
    effects.apply({Operation::Kind::write, "/vm/x/name", std::string(1000, 'x')});
    effects.apply({Operation::Kind::write, "/vm/" + std::to_string(round) + "/name", std::string(1000, 'x')});
    effects.apply({Operation::Kind::remove, "/vm/" + std::to_string(round), {}});
  }
  effects.apply({Operation::Kind::write, "/local/domain/7/vm", kVm});
  EXPECT_EQ(lines(effects.outcome()), Lines{"start 7 " + kUuidText + " "});
}

}  // namespace
}  // namespace xenacm::gate::testing
