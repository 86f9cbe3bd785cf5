// SPDX-License-Identifier: Apache-2.0
// Which pointers make which links.
#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

const std::string kBack = "/local/domain/5/backend/vif/7/0";
const std::string kFront = "/local/domain/7/device/vif/0";

// The one transaction by which libxl makes a network device.
std::vector<OwnedFrame> libxl_vif() {
  const std::string libxl = "/libxl/7/device/vif/0";
  return {rm(libxl),
          write(libxl + "/frontend", kFront),
          write(libxl + "/backend", kBack),
          rm(kFront),
          mkdir(kFront),
          write(kFront + "/backend", kBack),
          write(kFront + "/backend-id", "5"),
          write(kFront + "/state", "1"),
          write(kFront + "/handle", "0"),
          write(kFront + "/mac", "00:16:3e:00:00:07"),
          rm(kBack),
          mkdir(kBack),
          write(kBack + "/frontend", kFront),
          write(kBack + "/frontend-id", "7"),
          write(kBack + "/online", "1"),
          write(kBack + "/state", "1"),
          write(kBack + "/script", "/etc/xen/scripts/vif-bridge"),
          write(kBack + "/bridge", "xenbr0"),
          write(kBack + "/mac", "00:16:3e:00:00:07")};
}

TEST(LinkEffects, LibxlsDeviceTransactionIsOneLinkWithItsBridge) {
  EXPECT_EQ(lines(outcome_of(libxl_vif())), Lines{"attach vif/7/0 to 5 on xenbr0 anew"});
}

TEST(LinkEffects, LibxlsRemovalTransactionIsOneLinkRemoved) {
  EXPECT_EQ(lines(outcome_of({rm("/libxl/7/device/vif/0"), rm(kFront), rm(kBack)})), Lines{"removed vif/7/0 of 5"});
}

TEST(LinkEffects, EachPointerAloneMakesTheLink) {
  struct Case {
    std::string path, value;
  };
  for (const auto& [path, value] : {Case{kBack + "/frontend", kFront}, Case{kBack + "/frontend-id", "7"},
                                    Case{kFront + "/backend", kBack}, Case{kFront + "/backend-id", "5"}}) {
    EXPECT_EQ(lines(outcome_of({write(path, value)})), Lines{"attach vif/7/0 to 5"}) << path;
  }
}

TEST(LinkEffects, APathMayBeRelative) {
  EXPECT_EQ(lines(outcome_of({write("backend/vif/2/0/frontend", "/local/domain/2/device/vif/0"),
                              write("backend/vif/2/0/bridge", "xenbr0")})),
            Lines{"attach vif/2/0 to 0 on xenbr0"});
  EXPECT_EQ(lines(outcome_of({write("device/vif/1/backend-id", "5")})), Lines{"attach vif/0/1 to 5"})
      << "Domain-0 as the frontend of a driver domain";
}

TEST(LinkEffects, WhereValuesContradictThePathEveryReadingIsAsked) {
  struct Case {
    std::string path, value;
    Lines expected;
  };
  for (const auto& [path, value, expected] : {
           Case{kBack + "/frontend", "/local/domain/9/device/vif/0", {"attach vif/7/0 to 5", "attach vif/9/0 to 5"}},
           Case{kBack + "/frontend-id", "9", {"attach vif/7/0 to 5", "attach vif/9/0 to 5"}},
           Case{kBack + "/frontend-id", "0", {"attach vif/0/0 to 5", "attach vif/7/0 to 5"}},
           Case{kFront + "/backend", "/local/domain/6/backend/vif/9/0", {"attach vif/7/0 to 6", "attach vif/9/0 to 6"}},
           Case{kFront + "/backend-id", "6", {"attach vif/7/0 to 6"}},
           Case{kBack + "/frontend", "/local/domain/7/device/vif/1", {"attach vif/7/0 to 5", "attach vif/7/1 to 5"}},
           Case{kBack + "/frontend", "/local/domain/7/device/vtpm/0", {"attach vif/7/0 to 5", "attach vtpm/7/0 to 5"}},
           Case{kFront + "/backend", "/local/domain/5/backend/vif/7/1", {"attach vif/7/0 to 5", "attach vif/7/1 to 5"}},
           Case{kFront + "/backend",
                "/local/domain/5/backend/qnic/7/0",
                {"attach qnic/7/0 to 5", "attach vif/7/0 to 5"}},
       }) {
    EXPECT_EQ(lines(outcome_of({write(path, value)})), expected) << path << " = " << value;
  }
}

TEST(LinkEffects, PointersThatContradictEachOtherAreAskedEach) {
  EXPECT_EQ(lines(outcome_of({write(kBack + "/frontend", kFront), write(kBack + "/frontend-id", "9"),
                              write(kFront + "/backend", kBack), write(kFront + "/backend-id", "6")})),
            (Lines{"attach vif/7/0 to 5", "attach vif/7/0 to 6", "attach vif/9/0 to 5"}));
}

TEST(LinkEffects, ValuesThatNameNoOtherEndAreMalformed) {
  struct Case {
    std::string path, value;
  };
  for (const auto& [path, value] : {
           Case{kBack + "/frontend", ""},
           Case{kBack + "/frontend", "/local/domain/7"},
           Case{kBack + "/frontend", kFront + '\0'},
           Case{kBack + "/frontend", "device/vif/0"},
           Case{kBack + "/frontend-id", ""},
           Case{kBack + "/frontend-id", "07"},
           Case{kBack + "/frontend-id", "0x7"},
           Case{kBack + "/frontend-id", " 7"},
           Case{kBack + "/frontend-id", "7 "},
           Case{kBack + "/frontend-id", "7\n"},
           Case{kBack + "/frontend-id", "7\0"s},
           Case{kBack + "/frontend-id", "+7"},
           Case{kBack + "/frontend-id", "-1"},
           Case{kBack + "/frontend-id", "32752"},
           Case{kBack + "/frontend-id", "65543"},
           Case{kFront + "/backend", ""},
           Case{kFront + "/backend", "/local/domain/5"},
           Case{kFront + "/backend", kBack + "/"},
           Case{kFront + "/backend-id", "five"},
       }) {
    EXPECT_EQ(lines(outcome_of({write(path, value)})), Lines{"malformed " + path}) << value;
  }
}

TEST(LinkEffects, PathsThatNameNoFrontendOrDeviceAreMalformed) {
  for (const std::string& path :
       {"/local/domain/5/backend/vif/07/0/frontend-id"s, "/local/domain/5/backend/vif/x/0/frontend"s,
        "/local/domain/5/backend/vif/7/00/frontend"s, "/local/domain/7/device/vif/x/backend"s,
        "/local/domain/5/backend/vi f/7/0/frontend"s, "/local/domain/5/backend/v@f/7/0/frontend-id"s,
        "/local/domain/7/device/"s + std::string(65, 'v') + "/0/backend"s, "/local/domain/7/vuart/x/backend"s}) {
    EXPECT_EQ(lines(outcome_of({write(path, "7")})), Lines{"malformed " + path});
  }
}

TEST(LinkEffects, WhatIsMalformedComesFirst) {
  EXPECT_EQ(
      lines(outcome_of(
          {write(kBack + "/frontend", kFront), write(kBack + "/frontend-id", "07"), write("/local/domain/7/vm", kVm)})),
      (Lines{"malformed " + kBack + "/frontend-id", "start 7 " + std::string(kUuid) + " ", "attach vif/7/0 to 5"}));
}

TEST(LinkEffects, TheReasonOfAMalformedWriteIsPrintableAndShort) {
  const auto outcome = outcome_of({write(kBack + "/frontend-id", std::string(4000, '\x1b'))});
  ASSERT_EQ(outcome.intents.size(), 1u);
  const auto& why = std::get<monitor::MalformedWrite>(outcome.intents.front()).why;
  EXPECT_LT(why.size(), 200u);
  EXPECT_EQ(why.find('\x1b'), std::string::npos);
}

TEST(LinkEffects, ADomainIsAskedBeforeTheLinksOfItsTransaction) {
  EXPECT_EQ(lines(outcome_of({write(kBack + "/frontend", kFront), write("/local/domain/7/vm", kVm)})),
            (Lines{"start 7 " + std::string(kUuid) + " ", "attach vif/7/0 to 5"}));
}

TEST(Withdrawal, OfAnIntroductionOrANameIsNone) {
  EXPECT_FALSE(withdrawal_of(monitor::IntroduceDomain{monitor::DomId(7)}).has_value());
  EXPECT_FALSE(withdrawal_of(monitor::RenameDomain{monitor::DomId(7), monitor::DomainName("new")}).has_value());
}

TEST(Withdrawal, GivesBackWhatWasAllowed) {
  const auto outcome = outcome_of({write("/local/domain/7/vm", kVm), write(kBack + "/frontend", kFront)});
  ASSERT_EQ(outcome.intents.size(), 2u);
  const auto start = withdrawal_of(outcome.intents[0]);
  const auto attach = withdrawal_of(outcome.intents[1]);
  ASSERT_TRUE(start && attach);
  const auto& stop = std::get<monitor::StopDomain>(*start);
  EXPECT_EQ(stop.domid, monitor::DomId(7));
  EXPECT_EQ(stop.uuid.get(), kUuid);
  EXPECT_TRUE(stop.withdrawn);
  const auto& detach = std::get<monitor::DetachLink>(*attach);
  EXPECT_EQ(text(detach.key, "of"), "vif/7/0 of 5");
  EXPECT_TRUE(detach.withdrawn);
}

}  // namespace
}  // namespace xenacm::gate::testing
