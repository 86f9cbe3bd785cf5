// SPDX-License-Identifier: Apache-2.0
// acm-hook, as toolstacks call it, before a real daemon, none, and one that hangs (docs/hooks.md)
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "enforcer/api/client.h"
#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

std::string domain_xml(const std::string& name, unsigned domid, const std::string& inside = {}) {
  return "<domain type='xen'><name>" + name + "</name><uuid>" + uuid_of(domid) + "</uuid>" + inside + "</domain>";
}

class Hook : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    for (const auto& [name, label] : {std::pair{"domain1", "A-Bank"}, {"domain2", "B-Bank"}, {"domain3", "AutoCorp"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
  }
  [[nodiscard]] Finished libvirt(const std::string& operation, const std::string& xml) const {
    return dom0.hook({"libvirt-libxl", "guest", operation, "begin", "-"}, xml);
  }
  [[nodiscard]] json tickets() const { return json::parse(dom0.client().call("GET", "/v1/tickets")->body); }

  Dom0 dom0;
};

TEST_F(Hook, LibvirtMayStartWhatThePolicyAdmitsAndIsToldInWordsWhatNot) {
  const Finished allowed = libvirt("prepare", domain_xml("domain1", 1));
  EXPECT_EQ(allowed.status, 0) << allowed.err;
  EXPECT_EQ(allowed.out + allowed.err, "");
  const Finished refused = libvirt("prepare", domain_xml("domain2", 2));
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err.substr(0, refused.err.find("mytest")),
            "DENIED   start of domain2\n"
            "rule     chinese-wall: conflict set RER {A-Bank, B-Bank, __UNLABELED__}      ");
  EXPECT_NE(refused.err.find("holds    A-Bank x 1: domain1 (A-Bank, about to start)\n"
                             "to allow stop domain1, or start domain2 on another host\n"),
            std::string::npos)
      << refused.err;
  EXPECT_EQ(refused.out, "") << "which libvirt may take for XML";
}

TEST_F(Hook, TellsTheAuditLogWhichToolstackAsked) {
  ASSERT_EQ(libvirt("prepare", domain_xml("domain1", 1)).status, 0);
  ASSERT_EQ(libvirt("prepare", domain_xml("domain2", 2)).status, 2);
  ASSERT_EQ(dom0.hook({"xapi", "vm-pre-start", "-vmuuid", uuid_of(8), "-reason", "none"}).status, 2);
  ASSERT_EQ(dom0.hook({"pre-create", "domain2"}, "{}").status, 2);
  const auto refused_by = [&](const std::string& toolstack) {
    return json::parse(dom0.tool({"audit", "--denied", "--toolstack", toolstack, "--json"}));
  };
  ASSERT_EQ(refused_by("libvirt").size(), 1u);
  EXPECT_EQ(refused_by("libvirt")[0]["subject"], "domain2");
  ASSERT_EQ(refused_by("xapi").size(), 1u);
  EXPECT_EQ(refused_by("xapi")[0]["subject"], uuid_of(8));
  EXPECT_EQ(refused_by("xl").size(), 0u);
  ASSERT_EQ(libvirt("release", domain_xml("domain1", 1)).status, 0);
  const json last = json::parse(dom0.tool({"audit", "--limit", "1", "--json"}));
  EXPECT_EQ(last[0]["action"], "lapse ticket");
  EXPECT_EQ(last[0]["toolstack"], "libvirt") << "also where there is no body";
}

TEST_F(Hook, OfAToolstackThatNobodyKnowsIsNotBelieved) {
  const auto answer = api::Client(dom0.socket(), std::nullopt, "xm").call("DELETE", "/v1/tickets/none");
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 400u) << answer->body;
}

TEST_F(Hook, OfLibvirtAsksOnceAndGivesBackWhatDidNotStart) {
  ASSERT_EQ(libvirt("prepare", domain_xml("domain1", 1)).status, 0);
  const json held = tickets();
  ASSERT_EQ(held.size(), 1u);
  ASSERT_EQ(libvirt("start", domain_xml("domain1", 1)).status, 0);
  EXPECT_EQ(tickets()[0]["ticket"], held[0]["ticket"]);
  ASSERT_EQ(libvirt("release", domain_xml("domain1", 1)).status, 0);
  EXPECT_TRUE(tickets().empty());
  ASSERT_EQ(libvirt("start", domain_xml("domain1", 1)).status, 0);
  EXPECT_EQ(tickets().size(), 1u) << "prepare was not seen";
  EXPECT_EQ(libvirt("start", domain_xml("domain2", 2)).status, 2);
  EXPECT_EQ(libvirt("migrate", domain_xml("domain2", 2)).status, 2);
  EXPECT_EQ(libvirt("started", "").status, 0) << "asks nothing";
}

TEST_F(Hook, OfLibvirtNamesTheDeviceThatIsRefused) {
  dom0.tool({"addlabel", "B-Bank", "res", "pci:0000:04:00.0"});
  const Finished refused =
      libvirt("prepare", domain_xml("domain1", 1,
                                    "<devices><hostdev type='pci'><source><address domain='0' bus='0x04' slot='0' "
                                    "function='0'/></source></hostdev></devices>"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("device   pci 0\n"), std::string::npos) << refused.err;
}

TEST_F(Hook, ALabelInTheXmlThatIsNotTheOneOnRecordIsRefused) {
  const auto labelled = [](const std::string& label) {
    return domain_xml("domain1", 1,
                      "<metadata><x:label xmlns:x='urn:xenacm:1' policy='mytest'>" + label + "</x:label></metadata>");
  };
  EXPECT_EQ(libvirt("prepare", labelled("A-Bank")).status, 0);
  const Finished refused = libvirt("prepare", labelled("B-Bank"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("rule     integrity: the configuration of 'domain1' says label 'ACM:mytest:B-Bank'"),
            std::string::npos)
      << refused.err;
}

TEST_F(Hook, WhatItDoesNotUnderstandIsRefused) {
  for (const char* xml : {"", "<domain>", "<domain/>"}) {
    const Finished refused = libvirt("prepare", xml);
    EXPECT_EQ(refused.status, 3) << xml;
    EXPECT_TRUE(refused.err.starts_with("Error: no verdict, so nothing is done: libvirt's XML")) << refused.err;
  }
  EXPECT_EQ(libvirt("prepare", std::string(5'000'000, ' ')).status, 3);
  EXPECT_EQ(libvirt("release", "<domain>").status, 0) << "what is over is over";
  EXPECT_EQ(dom0.hook({"libvirt-libxl"}).status, 3);
  EXPECT_EQ(dom0.hook({"xapi"}).status, 3);
  EXPECT_EQ(dom0.hook({"xapi", "vm-pre-start", "-vmuuid"}).status, 3);
  EXPECT_EQ(dom0.hook({"xapi", "vm-pre-start", "-vmuuid", "7", "-reason", "none"}).status, 3);
  EXPECT_EQ(dom0.hook({"xm", "create"}).status, 3);
  EXPECT_EQ(dom0.hook({}).status, 3);
}

TEST_F(Hook, OfLibvirtsNetworkAsksForAPortOfWhatRunsAndOfWhatStarts) {
  dom0.tool({"addlabel", "B-Bank", "res", "bridge:xenbr0"});
  const auto port = [&](const std::string& owner, unsigned domid) {
    return dom0.hook({"libvirt-network", "net", "port-created", "begin", "-"},
                     "<hookData><network/><networkport><owner><name>" + owner + "</name><uuid>" + uuid_of(domid) +
                         "</uuid></owner><plug type='bridge' bridge='xenbr0'/></networkport></hookData>");
  };
  const Finished starting = port("domain1", 1);
  EXPECT_EQ(starting.status, 2);
  EXPECT_NE(starting.err.find("DENIED   start of domain1\n"), std::string::npos) << starting.err;
  Toolstack(dom0.xenstored()).create(1, "domain1");
  const Finished running = port("domain1", 1);
  EXPECT_EQ(running.status, 2);
  EXPECT_NE(running.err.find("DENIED   vif link domain1 -> Domain-0\n"), std::string::npos) << running.err;
  EXPECT_EQ(dom0.hook({"libvirt-network", "net", "started", "begin", "-"}, "").status, 0);
}

TEST_F(Hook, OfLibvirtReportsWhatRunsUnasked) {
  Toolstack(dom0.xenstored()).create(1, "domain1");
  EXPECT_EQ(libvirt("reconnect", domain_xml("domain1", 1)).err, "");
  const Finished unknown = libvirt("reconnect", domain_xml("domain2", 2));
  EXPECT_EQ(unknown.status, 0);
  EXPECT_EQ(unknown.err, "Warning: domain2 runs, but no verdict of acm-enforcerd covers it\n");
}

TEST_F(Hook, OfXapiGoesByTheUuid) {
  const auto xapi = [&](const std::string& hook, unsigned domid) {
    return dom0.hook({"xapi", hook, "-vmuuid", uuid_of(domid), "-reason", "none"});
  };
  const json body{{"label", "A-Bank"}, {"uuid", uuid_of(7)}};
  ASSERT_EQ(dom0.client().call("PUT", "/v1/domains/vm7/label", body.dump())->status, 200u);
  EXPECT_EQ(xapi("vm-pre-start", 7).status, 0);
  EXPECT_EQ(tickets()[0]["name"], "vm7");
  const Finished unlabelled = xapi("vm-pre-start", 8);
  EXPECT_EQ(unlabelled.status, 2) << "1 XAPI would ignore";
  EXPECT_TRUE(unlabelled.err.starts_with("DENIED   start of " + uuid_of(8) + "\nrule     chinese-wall: "))
      << unlabelled.err;
  EXPECT_NE(unlabelled.err.find("vm7 (A-Bank, about to start)"), std::string::npos) << unlabelled.err;
  EXPECT_EQ(xapi("vm-post-destroy", 7).status, 0);
  EXPECT_TRUE(tickets().empty());
  EXPECT_EQ(xapi("vm-pre-migrate", 8).status, 0) << "the source's";
}

TEST_F(Hook, OfAnyOtherToolstackTakesAndGivesJson) {
  const Finished ticket = dom0.hook({"pre-create", "domain1"}, R"({"vifs": [], "label": "A-Bank"})");
  ASSERT_EQ(ticket.status, 0) << ticket.err;
  EXPECT_EQ(ticket.out, tickets()[0]["ticket"].get<std::string>() + "\n");
  EXPECT_EQ(dom0.hook({"pre-create", "domain2"}, "{}").status, 2);
  EXPECT_EQ(dom0.hook({"pre-create", "domain1", std::to_string(::getpid())}, "{}").status, 0);
  EXPECT_EQ(tickets()[0]["holder"], ::getpid());
  EXPECT_EQ(dom0.hook({"pre-create", "domain1", "me"}, "{}").status, 3);
  EXPECT_EQ(dom0.hook({"pre-create", "domain1"}, R"({"name": "domain3"})").status, 3) << "two names";
  EXPECT_EQ(dom0.hook({"pre-create", "domain1"}, "[]").status, 3);
  EXPECT_EQ(dom0.hook({"pre-create", "domain1"}, R"({"disk": []})").status, 3) << "'disks' was meant";

  Toolstack toolstack(dom0.xenstored());
  toolstack.create(1, "domain1");
  toolstack.create(3, "domain3");
  const Finished refused = dom0.hook({"pre-attach", "domain3"}, R"({"link": {"class": "vtpm", "backend": "domain1"}})");
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err.find("DENIED   vtpm link domain3 -> domain1\nrule     ste: the two labels share no STE type\n"),
            0u)
      << refused.err;
  EXPECT_EQ(dom0.hook({"pre-attach", "domain1"}, R"({"vif": {"backend": "domain1"}})").status, 0);
  EXPECT_EQ(dom0.hook({"pre-attach", "nobody"}, R"({"pci": "04:00.0"})").status, 3);
  EXPECT_EQ(dom0.hook({"pre-attach", "domain1"}, R"({"pci": 4})").status, 3);
}

TEST_F(Hook, InPermissiveModeWarnsAndLetsPass) {
  dom0.tool({"mode", "permissive"});
  ASSERT_EQ(libvirt("prepare", domain_xml("domain1", 1)).status, 0);
  const Finished warned = libvirt("prepare", domain_xml("domain2", 2));
  EXPECT_EQ(warned.status, 0);
  EXPECT_TRUE(warned.err.starts_with("WOULD BE DENIED start of domain2\n")) << warned.err;
  EXPECT_TRUE(warned.err.ends_with("Permissive mode: it is done all the same, and recorded.\n"));
  EXPECT_EQ(tickets().size(), 2u);
}

TEST_F(Hook, WithoutADaemonNothingStarts) {
  dom0.stop();
  const Finished refused = libvirt("prepare", domain_xml("domain1", 1));
  EXPECT_EQ(refused.status, 3);
  EXPECT_EQ(refused.err, "Error: no verdict, so nothing is done: acm-enforcerd is not running (nobody serves " +
                             dom0.socket().string() +
                             "). Start acm-enforcerd, as root (unit acm-enforcerd.service, configuration "
                             "/etc/xenacm/xenacm.toml)\n");
  EXPECT_EQ(dom0.hook({"xapi", "vm-pre-start", "-vmuuid", uuid_of(7)}).status, 3);
  EXPECT_EQ(libvirt("release", domain_xml("domain1", 1)).status, 0) << "what is over is over";
  EXPECT_EQ(libvirt("reconnect", domain_xml("domain1", 1)).status, 0);
}

TEST(HungDaemon, IsNotWaitedForLongerThanToldAndNothingStarts) {
  const TemporaryDirectory folder("xenacm-hung");
  const auto path = folder.path() / "api.sock";
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  const auto before = std::chrono::steady_clock::now();
  const Finished refused = run({XENACM_HOOK, "xapi", "vm-pre-start", "-vmuuid", uuid_of(7)},
                               {{"XENACM_SOCKET", path.string()}, {"XENACM_HOOK_TIMEOUT", "1"}});
  const auto took = std::chrono::steady_clock::now() - before;
  ::close(fd);
  EXPECT_EQ(refused.status, 3);
  EXPECT_NE(refused.err.find("acm-enforcerd at " + path.string() + " does not answer"), std::string::npos)
      << refused.err;
  EXPECT_GE(took, std::chrono::milliseconds(900));
  EXPECT_LT(took, std::chrono::seconds(10));
}

TEST(HookSettings, AreNotGuessed) {
  for (const char* limit : {"0", "61", "-1", "5s", "five"}) {
    const Finished refused = run({XENACM_HOOK, "xl", "create", "a.cfg"}, {{"XENACM_HOOK_TIMEOUT", limit}});
    EXPECT_EQ(refused.status, 3) << limit;
    EXPECT_NE(refused.err.find("XENACM_HOOK_TIMEOUT"), std::string::npos) << refused.err;
  }
}

}  // namespace
}  // namespace xenacm::test
