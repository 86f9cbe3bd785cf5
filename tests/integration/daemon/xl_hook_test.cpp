// SPDX-License-Identifier: Apache-2.0
// acm-hook xl before a stand-in for xl that tells what it was given (docs/hooks.md)
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

class XlHook : public testing::Test {
 protected:
  void SetUp() override {
    // Each word between brackets, its process id, and a status of its own.
    std::ofstream(xl) << "#!/bin/bash\nprintf '[%s]' \"$@\" >>\"${0%xl}argv\"\necho $$ >\"${0%xl}pid\"\n"
                         "[ -e \"${0%xl}wait\" ] && read -r _ <\"${0%xl}wait\"\nexit 7\n";
    std::filesystem::permissions(xl, std::filesystem::perms(0755));
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    for (const auto& [name, label] : {std::pair{"domain1", "A-Bank"}, {"domain2", "B-Bank"}, {"domain3", "AutoCorp"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
      std::ofstream(folder.path() / name) << "name = '" << name << "'\n";
    }
  }
  [[nodiscard]] Environment environment() const {
    return {{"XENACM_SOCKET", dom0.socket().string()}, {"XENACM_XL", xl.string()}};
  }
  [[nodiscard]] static std::vector<std::string> command(std::vector<std::string> words) {
    words.insert(words.begin(), {XENACM_HOOK, "xl"});
    return words;
  }
  [[nodiscard]] Finished run_xl(const std::vector<std::string>& words) const {
    std::filesystem::remove(folder.path() / "argv");
    return run(command(words), environment());
  }
  [[nodiscard]] std::string config(const std::string& name) const { return (folder.path() / name).string(); }
  // What the stand-in was given; empty: it never ran.
  [[nodiscard]] std::string given() const { return contents(folder.path() / "argv"); }
  [[nodiscard]] json tickets() const { return json::parse(dom0.client().call("GET", "/v1/tickets")->body); }

  TemporaryDirectory folder{"xenacm-xl"};
  std::filesystem::path xl = folder.path() / "xl";
  Dom0 dom0;
};

TEST_F(XlHook, PassesEverythingElseOnByteForByte) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"list", "-l"},
                                                {"-v", "-f", "console", "--", "a b", "", "*", "\xff\xfe\n\t'\""},
                                                {"create", "-n", config("domain2"), "name='x y'"},
                                                {"-N", "create", "nowhere.cfg"},
                                                {"create", "-h"},
                                                {"network-detach", "domain1", "0"},
                                                {"migrate-receive", "--x=\x01"}}) {
    std::string all;
    for (const std::string& word : words) all += "[" + word + "]";
    const Finished finished = run_xl(words);
    EXPECT_EQ(finished.status, 7) << "xl's own";
    EXPECT_EQ(finished.err, "");
    EXPECT_EQ(given(), all);
  }
  EXPECT_EQ(run_xl({}).status, 7) << "no words at all";
  dom0.stop();
  EXPECT_EQ(run_xl({"list"}).status, 7) << "nobody is asked";
}

TEST_F(XlHook, BecomesXlWhereTheDomainMayStart) {
  const Finished allowed = run_xl({"create", "-p", config("domain1"), "memory=64"});
  EXPECT_EQ(allowed.status, 7) << allowed.err;
  EXPECT_EQ(allowed.err, "");
  EXPECT_EQ(given(), "[create][-p][" + config("domain1") + "][memory=64]");
}

TEST_F(XlHook, DoesNotEvenRunXlWhereTheDomainMayNot) {
  Toolstack(dom0.xenstored()).create(1, "domain1");
  const Finished refused = run_xl({"create", config("domain2")});
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(refused.err.starts_with("DENIED   start of domain2\nrule     chinese-wall: conflict set RER"))
      << refused.err;
  EXPECT_EQ(given(), "");
  EXPECT_EQ(run_xl({"create", config("domain1"), "name='domain2'"}).status, 2) << "overrides count";
  EXPECT_EQ(run_xl({"create", "/dev/null", "name='domain2'"}).status, 2);
  EXPECT_EQ(run_xl({"create", config("domain1"), "pci=['04:00.0']"}).status, 2) << "so do devices";
  EXPECT_EQ(given(), "");
}

TEST_F(XlHook, WhatItCannotReadDoesNotStart) {
  for (const std::string& file : {config("none"), folder.path().string()}) {
    const Finished refused = run_xl({"create", file});
    EXPECT_EQ(refused.status, 3);
    EXPECT_NE(refused.err.find("cannot read " + file), std::string::npos) << refused.err;
  }
  std::ofstream(folder.path() / "broken") << "name = [";
  const Finished broken = run_xl({"create", config("broken")});
  EXPECT_EQ(broken.status, 3);
  EXPECT_NE(broken.err.find("Invalid config file: " + config("broken")), std::string::npos) << broken.err;
  EXPECT_EQ(run_xl({"restore", config("domain1")}).status, 3) << "not a saved domain";
  EXPECT_EQ(given(), "");
}

TEST_F(XlHook, ATicketLivesAsLongAsXlDoes) {
  ASSERT_EQ(::system(("mkfifo " + (folder.path() / "wait").string()).c_str()), 0);
  Background creating(command({"create", config("domain1")}), environment(), folder.path() / "log");
  ASSERT_TRUE(Dom0::wait_until([&] { return !given().empty(); }));
  ASSERT_EQ(tickets().size(), 1u);
  EXPECT_EQ(tickets()[0]["holder"], creating.pid());
  EXPECT_EQ(contents(folder.path() / "pid"), std::to_string(creating.pid()) + "\n") << "xl is the process that asked";
  const Finished refused = run_xl({"create", config("domain2")});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("domain1 (A-Bank, about to start)"), std::string::npos) << refused.err;
  creating.signal(SIGKILL);
  creating.wait();
  EXPECT_TRUE(Dom0::wait_until([&] { return tickets().empty(); }));
  EXPECT_FALSE(dom0.status()["running_types"].contains("A-Bank"));
}

TEST_F(XlHook, AsksBeforeADeviceIsAttached) {
  Toolstack toolstack(dom0.xenstored());
  toolstack.create(1, "domain1");
  toolstack.create(3, "domain3");
  dom0.tool({"addlabel", "B-Bank", "res", "pci:0000:04:00.0"});
  const Finished vif = run_xl({"network-attach", "domain3", "mac=00:16:3e:00:00:02", "backend=domain1"});
  EXPECT_EQ(vif.status, 2);
  EXPECT_TRUE(
      vif.err.starts_with("DENIED   vif link domain3 -> domain1\n"
                          "rule     ste: the two labels share no STE type\n"))
      << vif.err;
  const Finished by_id = run_xl({"network-attach", "3", "backend=1"});
  EXPECT_EQ(by_id.status, 2) << by_id.err;
  const Finished pci = run_xl({"pci-attach", "domain1", "04:00.0"});
  EXPECT_EQ(pci.status, 2);
  EXPECT_TRUE(pci.err.starts_with("DENIED   pci link domain1 -> Domain-0 (04:00.0)\nrule     resource: ")) << pci.err;
  std::ofstream(folder.path() / "image") << "x";
  const std::string spec = "format=raw,vdev=xvdb,target=" + config("image");
  const Finished disk = run_xl({"block-attach", "domain1", spec});
  EXPECT_EQ(disk.status, 2);
  EXPECT_TRUE(disk.err.starts_with("DENIED   vbd link domain1 -> Domain-0 (" + spec + ")\nrule     resource: "))
      << disk.err;
  EXPECT_EQ(run_xl({"network-attach", "nobody", "backend=domain1"}).status, 3);
  EXPECT_EQ(run_xl({"pci-attach", "domain1", "name=card"}).status, 3);
  EXPECT_EQ(given(), "");
  dom0.tool({"addlabel", "A-Bank", "res", "file:" + config("image")});
  EXPECT_EQ(run_xl({"block-attach", "domain1", spec}).status, 7);
}

TEST_F(XlHook, ReadsFromASavedDomainWhichItIs) {
  const std::string domain = R"({"c_info": {"name": "domain2"}, "nics": []})" + std::string(1, '\0');
  const auto bytes = [](std::uint32_t number) { return std::string(reinterpret_cast<const char*>(&number), 4); };
  const auto size = static_cast<std::uint32_t>(domain.size());
  std::ofstream(folder.path() / "saved", std::ios::binary)
      << std::string("Xen saved domain, xl format\n \0 \r", 32) << bytes(0x01020304) << bytes(3) << bytes(0)
      << bytes(size + 4) << bytes(size) << domain << "and the memory";
  EXPECT_EQ(run_xl({"restore", config("saved")}).status, 7);
  Toolstack(dom0.xenstored()).create(1, "domain1");
  const Finished refused = run_xl({"restore", "-p", config("saved")});
  EXPECT_EQ(refused.status, 2);
  EXPECT_TRUE(refused.err.starts_with("DENIED   start of domain2\n")) << refused.err;
  EXPECT_EQ(run_xl({"restore", config("domain3"), config("saved")}).status, 7) << "a configuration of its own";
}

TEST_F(XlHook, WithoutADaemonNothingStarts) {
  dom0.stop();
  EXPECT_EQ(run_xl({"create", config("domain1")}).status, 3);
  EXPECT_EQ(run_xl({"network-attach", "domain1"}).status, 3);
  EXPECT_EQ(given(), "");
}

TEST_F(XlHook, SaysWhereXlIsNot) {
  const Finished failed = run(command({"list"}), {{"XENACM_XL", "/nonexistent/xl"}});
  EXPECT_EQ(failed.status, 3);
  EXPECT_NE(failed.err.find("cannot run /nonexistent/xl: No such file or directory"), std::string::npos) << failed.err;
}

TEST_F(XlHook, InPermissiveModeWarnsAndRunsXl) {
  dom0.tool({"mode", "permissive"});
  Toolstack(dom0.xenstored()).create(1, "domain1");
  const Finished warned = run_xl({"create", config("domain2")});
  EXPECT_EQ(warned.status, 7);
  EXPECT_TRUE(warned.err.starts_with("WOULD BE DENIED start of domain2\n")) << warned.err;
}

}  // namespace
}  // namespace xenacm::test
