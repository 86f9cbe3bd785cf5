// SPDX-License-Identifier: Apache-2.0
// xenstored, the daemon, gate and guard: each finding when it should be, and none where all is well
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "labeltool/doctor/gate.h"
#include "labeltool/doctor/xenstored.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/doctor_found.h"

namespace xenacm::labeltool::doctor::test {
namespace {

using nlohmann::json;

const XenstoredFacts kXenstored{.socket = "/run/xenstored/socket",
                                .processes = {{97, "xenstored"}},
                                .at_the_name = AtTheName::gate,
                                .systemd = false};

GateFacts healthy() {
  return {.systemd = true,
          .at_the_name = AtTheName::gate,
          .socket = "/run/xenstored/socket",
          .silence = {},
          .status = json{
              {"mode", "enforcing"},
              {"label_modes", json::object()},
              {"adopted", json::array()},
              {"lines", {{"gate", {{"enabled", true}, {"bypass", json::array()}}}, {"guard", {{"enabled", true}}}}}}};
}

TEST(DoctorXenstored, SaysNothingOfOneThatServes) {
  EXPECT_EQ(names(check_xenstored(kXenstored)), Names{});
  EXPECT_EQ(xenstored_text(kXenstored), "C (pid 97)");
}

TEST(DoctorXenstored, FindsNoneSeveralAndASilentOne) {
  XenstoredFacts none = kXenstored;
  none.processes.clear();
  EXPECT_EQ(names(check_xenstored(none)), Names{"xenstored-missing"});
  XenstoredFacts two = kXenstored;
  two.processes.push_back({120, "oxenstored"});
  EXPECT_EQ(names(check_xenstored(two)), Names{"xenstored-several"});
  EXPECT_EQ(xenstored_text(two), "C (pid 97), OCaml (pid 120)");
  XenstoredFacts silent = kXenstored;
  silent.at_the_name = AtTheName::nobody;
  silent.systemd = true;
  EXPECT_EQ(names(check_xenstored(silent)), Names{"xenstored-silent"});
  EXPECT_EQ(commands(check_xenstored(silent)), Names{"systemctl restart acm-enforcerd"});
}

TEST(DoctorXenstored, IsSeenInProcAndAtItsSocket) {
  const labeltool::test::Workplace place;
  place.write("proc/97/comm", "xenstored\n");
  place.write("proc/120/comm", "oxenstored\n");
  place.write("proc/121/comm", "bash\n");
  place.write("proc/self/comm", "xenstored\n");
  place.write("run/systemd/system/x", "");
  const std::filesystem::path socket = place.folder() / "socket";
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(listening, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 1), 0);
  const XenstoredFacts facts = look_at_xenstored(place.folder(), socket);
  ::close(listening);
  EXPECT_EQ(xenstored_text(facts), "C (pid 97), OCaml (pid 120)");
  EXPECT_EQ(facts.at_the_name, AtTheName::xenstored) << "its socket has the name that it was bound as";
  EXPECT_TRUE(facts.systemd);
  EXPECT_EQ(look_at_xenstored(place.folder(), socket).at_the_name, AtTheName::nobody);
}

TEST(DoctorGate, SaysNothingWhereBothLinesStand) { EXPECT_EQ(names(check_gate(healthy())), Names{}); }

TEST(DoctorGate, TellsADeadDaemonFromOneWhoseKeeperRefusesEverything) {
  GateFacts facts = healthy();
  facts.status.reset();
  facts.silence = "acm-enforcerd is not running";
  facts.at_the_name = AtTheName::xenstored;
  EXPECT_EQ(names(check_gate(facts)), Names{"daemon-silent"});
  facts.at_the_name = AtTheName::keeper;
  EXPECT_EQ(names(check_gate(facts)), Names{"everything-refused"});
  EXPECT_EQ(commands(check_gate(facts)), (Names{"acm-enforcerd --check", "systemctl restart acm-enforcerd"}));
}

// Beside it `--check` says no more than that the state directory is in use.
TEST(DoctorGate, ADaemonThatRunsIsStoppedBeforeItsLedgerIsChecked) {
  const Names stopped{"systemctl stop acm-enforcerd", "acm-enforcerd --check", "systemctl restart acm-enforcerd"};
  GateFacts facts = healthy();
  facts.status.reset();
  facts.silence = "acm-enforcerd at /run/xenacm/enforcer.sock does not answer";
  EXPECT_EQ(names(check_gate(facts)), Names{"daemon-silent"});
  EXPECT_EQ(commands(check_gate(facts)), stopped);
  facts.refusal = 503;
  EXPECT_EQ(names(check_gate(facts)), Names{"ledger-unreadable"});
  Names unreadable = stopped;
  unreadable.insert(unreadable.begin(), "df -h /var/lib/xenacm; journalctl -u acm-enforcerd");
  EXPECT_EQ(commands(check_gate(facts)), unreadable);
}

TEST(DoctorGate, FindsLinesThatAreOffOrDisplaced) {
  GateFacts facts = healthy();
  (*facts.status)["lines"]["gate"]["enabled"] = false;
  (*facts.status)["lines"]["guard"]["enabled"] = false;
  EXPECT_EQ(names(check_gate(facts)), (Names{"gate-off", "guard-off"}));
  facts = healthy();
  facts.at_the_name = AtTheName::xenstored;
  EXPECT_EQ(names(check_gate(facts)), Names{"gate-displaced"});
}

TEST(DoctorGate, NamesWhoGoesRoundItButThoseThatAreExpected) {
  GateFacts facts = healthy();
  (*facts.status)["lines"]["gate"]["bypass"] = {
      {{"pid", 70}, {"program", "/usr/sbin/xenconsoled"}, {"way", "older connection"}, {"expected", true}},
      {{"pid", 71}, {"program", "/usr/sbin/libvirtd"}, {"way", "older connection"}, {"expected", false}},
      {{"pid", 72}, {"program", ""}, {"way", "/dev/xen/xenbus"}, {"expected", false}}};
  const Findings found = check_gate(facts);
  EXPECT_EQ(names(found), (Names{"bypass", "bypass"}));
  EXPECT_EQ(commands(found), (Names{"systemctl restart libvirtd", "ps -f -p 72", "kill 72"}));
  facts = healthy();
  (*facts.status)["lines"]["gate"]["bypass_unseen"] = "no unix_diag";
  EXPECT_EQ(names(check_gate(facts)), Names{"bypass-unseen"});
}

TEST(DoctorGate, KillsNobodyWhoServesAGuest) {
  for (const char* program : {"/usr/sbin/xl", "/usr/lib/xen-4.17/bin/xl", "/usr/bin/qemu-system-i386"}) {
    GateFacts facts = healthy();
    (*facts.status)["lines"]["gate"]["bypass"] = {{{"pid", 73}, {"program", program}, {"way", "older connection"}}};
    EXPECT_EQ(commands(check_gate(facts)),
              (Names{"ps -f -p 73", "xl shutdown -w DOMAIN-OF-IT", "xl create CONFIGURATION-OF-IT"}))
        << program;
  }
}

TEST(DoctorGate, FindsPermissiveModesAndDomainsThatNobodyAdmitted) {
  GateFacts facts = healthy();
  (*facts.status)["mode"] = "permissive";
  (*facts.status)["label_modes"] = {{"A-Bank", "permissive"}, {"B-Bank", "enforcing"}};
  (*facts.status)["adopted"] = {"a; reboot"};
  const Findings found = check_gate(facts);
  EXPECT_EQ(names(found), (Names{"permissive", "permissive", "not-admitted"}));
  EXPECT_EQ(commands(found),
            (Names{"labeltool audit --denied", "labeltool mode enforcing", "labeltool mode enforcing --label A-Bank",
                   "xl shutdown -w 'a; reboot'", "xl create CONFIGURATION-OF-IT"}));
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test
