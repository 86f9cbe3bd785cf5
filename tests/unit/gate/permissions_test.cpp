// SPDX-License-Identifier: Apache-2.0
// Whom the permissions of a node join.
#include "enforcer/gate/permissions.h"

#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

struct Case {
  std::string path, permissions;
  Lines expected;
};

TEST(Permissions, JoinDomainsOfWhichOneMayWriteWhatTheOtherMayRead) {
  for (const auto& [path, permissions, expected] : {
           Case{"/data", "n5 r7", {"attach xenstore/7/0 to 5"}},
           Case{"/data", "n7 b5", {"attach xenstore/5/0 to 7"}},
           Case{"/data", "n5 w7", {"attach xenstore/7/0 to 5"}},
           Case{"/data", "n0 w5 r7", {"attach xenstore/7/0 to 5"}},
           Case{"/data", "n0 b5 b7", {"attach xenstore/7/0 to 5"}},
           Case{"/data", "n0 w5 w7", {"attach xenstore/7/0 to 5"}},
           Case{"/data", "n5 r7 r9", {"attach xenstore/7/0 to 5", "attach xenstore/9/0 to 5"}},
           Case{"/data",
                "n5 r0 b7 r9",
                {"attach xenstore/7/0 to 5", "attach xenstore/9/0 to 5", "attach xenstore/9/0 to 7"}},
           // What a domain's own directory holds is the domain's.
           Case{"/local/domain/7/data", "n5", {"attach xenstore/7/0 to 5"}},
           Case{"/local/domain/7/data", "n0 r5", {"attach xenstore/5/0 to 7"}},
           Case{"/local/domain/7", "n0 r5", {"attach xenstore/5/0 to 7"}},
           Case{"/local/domain/5/device-model/7", "n5 r7", {"attach xenstore/7/0 to 5"}},
           // A device's: from either side.
           Case{"/local/domain/5/backend/vif/7/0", "n5 r7", {"attach vif/7/0 to 5"}},
           Case{"/local/domain/5/backend/qdisk/7/51712/x", "n5 r9", {"attach vbd/9/51712 to 5"}},
           Case{"/local/domain/7/device/vif/0", "n7 r5", {"attach vif/7/0 to 5"}},
           Case{"/local/domain/7/device/vif/0/queue-0/x", "n7 r6", {"attach vif/7/0 to 6"}},
           Case{"/local/domain/7/console", "n5 r7", {"attach console/7/0 to 5"}},
           Case{"/local/domain/7/vuart/1/x", "n5 r7", {"attach vuart/7/1 to 5"}},
           Case{"/local/domain/0/backend/vif/7/0", "n0 w7 r9", {"attach xenstore/9/0 to 7"}},
           Case{"/local/domain/5/backend/vif/07/0", "n5 r7", {"attach xenstore/7/0 to 5"}},
       }) {
    EXPECT_EQ(lines(outcome_of({set_perms(path, permissions)})), expected) << path << ' ' << permissions;
  }
}

TEST(Permissions, OfOneDomainAndDomain0JoinNobody) {
  for (const auto& [path, permissions, none] : {
           Case{"/local/domain/7", "n0 r7", {}},
           Case{"/local/domain/7/data", "n7", {}},
           Case{"/vm/" + std::string(kUuid), "n0 r7", {}},
           Case{"/libxl/7", "n0", {}},
           Case{"/local/domain/7/device/vif/0", "n7 r0", {}},
           Case{"/local/domain/0/backend/vif/7/0", "n0 r7", {}},
           Case{"/local/domain/07/data", "n7", {}},
           Case{"data", "n0 b7", {}},
           Case{"/data", "n5 n7", {}},
           Case{"/data", "n0 r5 r7", {}},
           Case{"/mh/driver-data", "r0", {}},  // xenopsd lets all guests read what Domain-0 writes
           Case{"/mh/driver-data", "r0 r5 r7", {}},
           Case{"@releaseDomain", "n0 r5 r7", {}},
       }) {
    EXPECT_EQ(lines(outcome_of({set_perms(path, permissions)})), none) << path << ' ' << permissions;
  }
}

TEST(Permissions, ThatOpenANodeToEveryDomainAreMalformed) {
  for (const char* permissions : {"w0", "b0", "w7", "b7", "r7", "r0 w7", "r0 b7", "r0 r5 w7"}) {
    EXPECT_EQ(lines(outcome_of({set_perms("/data", permissions)})), Lines{"malformed /data"}) << permissions;
  }
}

TEST(Permissions, InAnyUnclearFormAreMalformed) {
  for (const std::string& permissions :
       {""s, "n5\0r7"s, "n5\0r07\0"s, "n5\0r0x7\0"s, "n5\0r 7\0"s, "n5\0r7 \0"s, "n5\0r-1\0"s, "n5\0r\0"s, "n5\0\0"s,
        "n5\0x7\0"s, "n5\0R7\0"s, "n5\0r32752\0"s, "n5\0rw7\0"s, "5\0"s}) {
    EXPECT_EQ(lines(outcome_of({frame(Message::set_perms, "/data\0"s + permissions)})), Lines{"malformed /data"})
        << permissions;
  }
  EXPECT_FALSE(operation_of(frame(Message::set_perms, "/data"s).view()).has_value()) << "no xenstored takes it";
}

TEST(Permissions, ThatNameMoreDomainsThanAreJudgedAreMalformed) {
  std::string permissions = "n1";
  for (int domid = 2; domid <= 16; ++domid) permissions += " b" + std::to_string(domid);
  EXPECT_EQ(outcome_of({set_perms("/data", permissions)}).intents.size(), 16u * 15 / 2);
  EXPECT_EQ(lines(outcome_of({set_perms("/data", permissions + " b17")})), Lines{"malformed /data"});
}

TEST(Permissions, TheLastOfATransactionCount) {
  EXPECT_EQ(lines(outcome_of({set_perms("/data", "b0"), set_perms("/data", "n5 r7")})),
            Lines{"attach xenstore/7/0 to 5"});
  EXPECT_EQ(lines(outcome_of({set_perms("/data", "n5 r7"), set_perms("/data", "n5")})), Lines{});
  EXPECT_EQ(lines(outcome_of({set_perms("/data/x", "n5 r7"), rm("/data")})), Lines{}) << "they went with the node";
}

TEST(Permissions, AreBoundedLikeValues) {
  Effects effects;
  const std::string permissions = "n5\0r7\0"s;
  for (std::size_t node = 0; node < Effects::kMaxBytes / 128; ++node) {
    effects.apply({Operation::Kind::set_permissions, "/data/" + std::to_string(node), permissions});
  }
  const Outcome outcome = effects.outcome();
  ASSERT_EQ(outcome.intents.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<monitor::MalformedWrite>(outcome.intents.front()));
}

}  // namespace
}  // namespace xenacm::gate::testing
