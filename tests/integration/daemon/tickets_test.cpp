// SPDX-License-Identifier: Apache-2.0
// Tickets: what is asked before a toolstack creates a domain, and what comes of it (docs/hooks.md)
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

class Tickets : public testing::Test {
 protected:
  explicit Tickets(const std::string& settings = "") : dom0(settings) {}
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    for (const auto& [name, label] : {std::pair{"domain1", "A-Bank"}, {"domain2", "B-Bank"}, {"domain3", "AutoCorp"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
  }

  struct Answer {
    unsigned status;
    json body;
  };
  [[nodiscard]] Answer ask(const json& body) const {
    const auto answer = dom0.client().call("POST", "/v1/tickets", body.dump());
    if (!answer) throw std::runtime_error(answer.error());
    return {answer->status, json::parse(answer->body)};
  }
  [[nodiscard]] Answer reserve(const std::string& name, const json& holder) const {
    return ask({{"domain", {{"name", name}}}, {"holder", holder}});
  }
  [[nodiscard]] json tickets() const { return json::parse(dom0.client().call("GET", "/v1/tickets")->body); }
  [[nodiscard]] bool nothing_is_held() const {
    return tickets().empty() && !dom0.status()["running_types"].contains("A-Bank");
  }

  Dom0 dom0;
};

TEST_F(Tickets, TheSecondOfTwoCompetitorsIsToldThatTheFirstIsAboutToStart) {
  const Answer first = reserve("domain1", nullptr);
  EXPECT_EQ(first.status, 200u) << first.body;
  EXPECT_EQ(first.body["verdict"]["decision"], "allow");
  EXPECT_EQ(first.body["seconds"], 60);
  const Answer second = reserve("domain2", nullptr);
  EXPECT_EQ(second.status, 403u);
  EXPECT_FALSE(second.body.contains("ticket"));
  const json& reason = second.body["verdict"]["reasons"][0];
  EXPECT_EQ(reason["rule"], "chinese-wall");
  EXPECT_EQ(reason["conflict_set"]["holders"][0]["domains"][0], "domain1 (A-Bank, about to start)");
  EXPECT_NE(dom0.tool({"status"}).find("about to start     : domain1 (A-Bank)\n"), std::string::npos);
  EXPECT_NE(dom0.tool({"dumppolicy"}).find("About to start:\n               domain1 (A-Bank)\n"), std::string::npos);
}

TEST_F(Tickets, AreUsedUpByTheStart) {
  const json ticket = reserve("domain1", nullptr).body["ticket"];
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "domain1"));
  EXPECT_EQ(tickets(), json::array());
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 1);
  ASSERT_TRUE(dom0.client().call("DELETE", "/v1/tickets/" + ticket.get<std::string>()));
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 1) << "of the domain that runs";
}

TEST_F(Tickets, ACompetitorThatAsksNobodyIsStoppedByTheGate) {
  (void)reserve("domain1", nullptr);
  Toolstack xl(dom0.xenstored());
  EXPECT_FALSE(xl.create(2, "domain2"));
  EXPECT_EQ(xl.error(), EACCES);
}

TEST_F(Tickets, AreGivenBack) {
  const json ticket = reserve("domain1", nullptr).body["ticket"];
  ASSERT_EQ(tickets().size(), 1u);
  EXPECT_EQ(tickets()[0]["holder"], nullptr);
  const auto answer = dom0.client().call("DELETE", "/v1/tickets/" + ticket.get<std::string>());
  EXPECT_EQ(answer->status, 200u);
  EXPECT_TRUE(nothing_is_held());
  EXPECT_EQ(reserve("domain2", nullptr).status, 200u);
}

// A process that asks, and lives on until it is killed.
pid_t child_that(const std::function<void()>& asks) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  asks();
  while (true) ::pause();
}

TEST_F(Tickets, LapseWithWhoAskedForThem) {
  const pid_t child = child_that([&] { (void)ask({{"domain", {{"name", "domain1"}}}}); });
  EXPECT_TRUE(Dom0::wait_until([&] { return tickets().size() == 1; }));
  EXPECT_EQ(tickets()[0]["holder"], child);
  EXPECT_EQ(dom0.status()["running_types"]["A-Bank"], 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(Dom0::wait_until([&] { return nothing_is_held(); }));
  EXPECT_EQ(reserve("domain2", nullptr).status, 200u);
}

TEST_F(Tickets, OutliveWhoAskedWhereAnAncestorHoldsThem) {
  const pid_t self = ::getpid();
  const pid_t child = child_that([&] { (void)reserve("domain1", self); });
  EXPECT_TRUE(Dom0::wait_until([&] { return tickets().size() == 1; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(reserve("domain2", nullptr).status, 403u);
  EXPECT_EQ(tickets()[0]["holder"], self);
}

TEST_F(Tickets, AreHeldForNoStranger) {
  const pid_t stranger = child_that([] {});
  const Answer answer = reserve("domain1", stranger);
  EXPECT_EQ(answer.status, 422u);
  EXPECT_NE(answer.body["error"]["message"].get<std::string>().find("nor one of its ancestors"), std::string::npos);
  ::kill(stranger, SIGKILL);
  ::waitpid(stranger, nullptr, 0);
  EXPECT_EQ(reserve("domain1", stranger).status, 422u);
  for (const json& holder : {json(-1), json("1"), json(1.5), json(5'000'000'000)}) {
    EXPECT_EQ(reserve("domain1", holder).status, 422u) << holder;
  }
  EXPECT_TRUE(nothing_is_held());
}

class ShortTickets : public Tickets {
 protected:
  ShortTickets() : Tickets("[hook]\nticket_seconds = 1\n") {}
};

TEST_F(ShortTickets, LapseInTime) {
  EXPECT_EQ(reserve("domain1", ::getpid()).body["seconds"], 1);
  EXPECT_TRUE(Dom0::wait_until([&] { return nothing_is_held(); }));
  EXPECT_NE(dom0.tool({"audit"}).find("lapse ticket"), std::string::npos);
}

TEST_F(Tickets, OfADomainThatOnlyItsUuidNamesGoByTheUuidsLabel) {
  const json body{{"label", "A-Bank"}, {"uuid", uuid_of(7)}};
  ASSERT_EQ(dom0.client().call("PUT", "/v1/domains/vm7/label", body.dump())->status, 200u);
  const Answer known = ask({{"domain", {{"uuid", uuid_of(7)}}}, {"holder", nullptr}});
  EXPECT_EQ(known.status, 200u) << known.body;
  EXPECT_EQ(known.body["name"], "vm7");
  Toolstack toolstack(dom0.xenstored());
  EXPECT_TRUE(toolstack.create(7, "vm7"));
  EXPECT_TRUE(tickets().empty());
  const Answer unknown = ask({{"domain", {{"uuid", uuid_of(8)}}}, {"holder", nullptr}});
  EXPECT_EQ(unknown.status, 403u);
  EXPECT_EQ(unknown.body["name"], uuid_of(8));
}

TEST_F(Tickets, AreGoneAfterARestartOfTheDaemon) {
  (void)reserve("domain1", nullptr);
  dom0.kill();
  dom0.start();
  EXPECT_TRUE(nothing_is_held());
}

TEST(TicketSeconds, HaveBounds) {
  for (const char* value : {"0", "-1", "3601", "\"60\"", "1.5"}) {
    Dom0 dom0(std::string("[hook]\nticket_seconds = ") + value + "\n");
    const Finished check = dom0.run_second({"--check"});
    EXPECT_EQ(check.status, 1) << value;
    EXPECT_NE(check.err.find("'hook.ticket_seconds' has a value of the wrong type, or one that is out of bounds"),
              std::string::npos)
        << check.err;
  }
}

}  // namespace
}  // namespace xenacm::test
