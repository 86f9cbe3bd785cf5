// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/domain_request.h"

#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

std::string asked(Message type, const std::string& payload) {
  const auto intent = domain_request_of(frame(type, payload).view());
  return intent ? std::visit([](const auto& i) { return text(i); }, *intent) : "nothing";
}

TEST(DomainRequest, AnIntroductionIsAskedOfItsDomain) {
  EXPECT_EQ(asked(Message::introduce,
                  "7\0"
                  "51234\0"
                  "2\0"s),
            "introduce 7");
}

TEST(DomainRequest, ATargetIsALinkOfTheTwo) {
  EXPECT_EQ(asked(Message::set_target,
                  "8\0"
                  "7\0"s),
            "attach target/7/0 to 8");
}

TEST(DomainRequest, NobodyGetsTheRightsOfDomain0) {
  EXPECT_EQ(asked(Message::set_target,
                  "8\0"
                  "0\0"s),
            "malformed SET_TARGET");
}

TEST(DomainRequest, UnclearNumbersAreMalformed) {
  for (const char* domid : {"", "07", "+7", " 7", "7 ", "7x", "0x7", "-1", "32752", "4294967303"}) {
    const std::string first = std::string(domid) + '\0';
    EXPECT_EQ(asked(Message::introduce, first + "1\0" + "2\0"s), "malformed INTRODUCE") << domid;
    EXPECT_EQ(asked(Message::set_target, first + "7\0"s), "malformed SET_TARGET") << domid;
    EXPECT_EQ(asked(Message::set_target, "7\0"s + first), "malformed SET_TARGET") << domid;
  }
  EXPECT_EQ(asked(Message::introduce, "7"), "malformed INTRODUCE") << "no NUL";
  EXPECT_EQ(asked(Message::set_target, "8\0"s), "malformed SET_TARGET") << "no target";
}

TEST(DomainRequest, OthersAreNone) {
  for (const std::uint32_t type : {9u, 17u, 18u, 21u}) {  // RELEASE, IS_DOMAIN_INTRODUCED, RESUME, RESET_WATCHES
    EXPECT_EQ(asked(static_cast<Message>(type), "7\0"s), "nothing");
  }
}

}  // namespace
}  // namespace xenacm::gate::testing
