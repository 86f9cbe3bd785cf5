// SPDX-License-Identifier: Apache-2.0
// What is done to a domain as a whole: its introduction, its rights, its name.
#include <gtest/gtest.h>

#include "tests/integration/gate/gate_bed.h"
#include "tests/xenstored/guest_ring.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;
using Asked = std::vector<std::string>;

constexpr auto kIsIntroduced = static_cast<Message>(17);

class DomainRequests : public GateBed {
 protected:
  void SetUp() override {
    for (const std::uint32_t domid : {7u, 8u}) store_.add_domain(domid);
    GateBed::SetUp();
  }
};
FOR_EVERY_XENSTORED(DomainRequests);

TEST_P(DomainRequests, ARefusedIntroductionDoesNotReachXenstored) {
  RawClient raw = client();
  monitor_.deny("introduce");
  EXPECT_EQ(raw.introduce(7), "EACCES");
  EXPECT_EQ(direct().ask(kIsIntroduced, "7\0"s), "F");
  monitor_.allow();
  EXPECT_EQ(raw.introduce(7), "OK");
  EXPECT_EQ(direct().ask(kIsIntroduced, "7\0"s), "T");
  EXPECT_EQ(monitor_.asked(), (Asked{"introduce 7", "introduce 7"}));
}

TEST_P(DomainRequests, LibxenstoresIntroductionIsJudged) {
  monitor_.deny("introduce 7");
  const test::XenstoreHandle xs = store_.open();
  EXPECT_FALSE(xs_introduce_domain(xs.get(), 7, 1, 9));
  EXPECT_EQ(errno, EACCES);
  EXPECT_TRUE(xs_introduce_domain(xs.get(), 8, 1, 9));
}

TEST_P(DomainRequests, AnIntroductionInATransactionIsJudgedToo) {
  RawClient raw = client();
  monitor_.deny("introduce");
  const auto transaction = raw.begin();
  EXPECT_EQ(raw.ask(Message::introduce, "7\0001\0009\0"s, transaction), "EACCES");
  EXPECT_EQ(raw.commit(transaction), "OK");
  EXPECT_EQ(direct().ask(kIsIntroduced, "7\0"s), "F");
}

TEST_P(DomainRequests, NoSpellingOfAnIntroductionGoesRoundTheGate) {
  RawClient raw = client();
  monitor_.deny("malformed INTRODUCE");
  for (const std::string& domid : {"07"s, " 7"s, "7x"s, "0x7"s, "+7"s, ""s}) {
    EXPECT_EQ(raw.ask(Message::introduce, domid + "\0001\0009\0"s), "EACCES") << domid;
  }
  EXPECT_EQ(direct().ask(kIsIntroduced, "7\0"s), "F");
}

TEST_P(DomainRequests, ADomainGetsTheRightsOfAnotherOnlyIfThatIsAllowed) {
  RawClient raw = client();
  ASSERT_EQ(raw.introduce(7), "OK");
  ASSERT_EQ(raw.introduce(8), "OK");
  ASSERT_EQ(raw.write("/local/domain/7/secret", "42"), "OK");
  ASSERT_EQ(raw.set_perms("/local/domain/7/secret", "n7"), "OK");
  test::GuestRing stubdomain(store_, 8);
  monitor_.deny("attach target/7/0 to 8");
  EXPECT_EQ(raw.ask(Message::set_target, "8\0007\0"s), "EACCES");
  EXPECT_EQ(stubdomain.read("/local/domain/7/secret"), "E:EACCES");
  monitor_.allow();
  EXPECT_EQ(raw.ask(Message::set_target, "8\0007\0"s), "OK");
  EXPECT_EQ(stubdomain.read("/local/domain/7/secret"), "42");
}

TEST_P(DomainRequests, ATargetThatXenstoredRefusesIsWithdrawn) {
  RawClient raw = client();
  EXPECT_NE(raw.ask(Message::set_target, "8\0007\0"s), "OK") << "neither is introduced";
  EXPECT_TRUE(monitor_.wait_for("withdraw attach target/7/0 to 8"));
}

TEST_P(DomainRequests, ARefusedNameIsNotGiven) {
  RawClient raw = client();
  ASSERT_EQ(domain_transaction(raw), "OK");
  monitor_.deny("rename 7 other");
  EXPECT_EQ(raw.write("/local/domain/7/name", "other"), "EACCES");
  const auto transaction = raw.begin();
  raw.write("/local/domain/7/name", "other", transaction);
  raw.write("/vm/6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e/name", "other", transaction);
  EXPECT_EQ(raw.commit(transaction), "EACCES");
  EXPECT_EQ(stored("/local/domain/7/name"), "client");
  EXPECT_EQ(stored("/vm/6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e/name"), "client");
  EXPECT_EQ(raw.write("/local/domain/7/name", "third"), "OK");
  EXPECT_EQ(monitor_.asked(), (Asked{"start 7 client", "rename 7 other", "rename 7 other", "rename 7 third"}));
}

}  // namespace
}  // namespace xenacm::gate::testing
