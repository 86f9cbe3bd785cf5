// SPDX-License-Identifier: Apache-2.0
// Who has come to xenstored by another way than the gate (docs/gate.md, "Round the gate")
#include "enforcer/xen/bypass.h"

#include <gtest/gtest.h>

namespace xenacm::xen {
namespace {

const std::string kName = "/run/xenstored/socket";
const std::string kGates = "/run/xenstored/socket.gate";
constexpr pid_t kSelf = 100;

// xenstored is 10, the gate 100; sockets below 50 are xenstored's.
struct Host {
  std::vector<UnixSocket> sockets{
      {.inode = 1, .peer = 51, .name = kName},  // the gate's connection for a client
      {.inode = 51, .peer = 1, .name = ""},    {.inode = 52, .peer = 53, .name = kGates},
      {.inode = 53, .peer = 52, .name = ""},   {.inode = 90, .peer = 91, .name = "/run/dbus/socket"},
      {.inode = 91, .peer = 90, .name = ""},
  };
  std::vector<Process> processes{
      {.pid = 10, .start = 1, .program = "/usr/sbin/xenstored", .sockets = {1}, .holds_xenbus = false},
      {.pid = kSelf, .start = 2, .program = "/usr/sbin/acm-enforcerd", .sockets = {51, 52}, .holds_xenbus = false},
      {.pid = 200, .start = 3, .program = "/usr/sbin/xl", .sockets = {53, 90}, .holds_xenbus = false},
  };
  std::set<SocketInode> older;

  void connect(SocketInode end, SocketInode client_end) {
    sockets.push_back({.inode = end, .peer = client_end, .name = kName});
    sockets.push_back({.inode = client_end, .peer = end, .name = ""});
    processes[0].sockets.insert(end);
  }
  [[nodiscard]] std::vector<std::string> seen() const {
    std::vector<std::string> texts;
    for (const Bypass& one : find_bypass(kName, sockets, processes, older, kSelf)) {
      texts.push_back(std::to_string(one.pid) + " " + one.program + " " + std::string(to_text(one.way)));
    }
    return texts;
  }
};

using Seen = std::vector<std::string>;

TEST(Bypass, WhoComesByTheGateIsNotSeen) { EXPECT_EQ(Host().seen(), Seen{}); }

TEST(Bypass, AConnectionOlderThanTheGateIsNamed) {
  Host host;
  host.connect(2, 60);
  host.older = {2};
  host.processes.push_back({300, 4, "/usr/sbin/xenconsoled", {60}, false});
  EXPECT_EQ(host.seen(), Seen{"300 /usr/sbin/xenconsoled older connection"});
}

TEST(Bypass, XenconsoledsOlderConnectionAloneIsExpected) {
  const auto expected = [](const std::string& program, Way way) {
    return is_expected({.pid = 300, .start = 4, .program = program, .way = way});
  };
  EXPECT_TRUE(expected("/usr/lib/xen-4.17/bin/xenconsoled", Way::older_connection));
  EXPECT_FALSE(expected("/usr/lib/xen-4.17/bin/xenconsoled", Way::xenstoreds_name));
  EXPECT_FALSE(expected("/usr/lib/xen-4.17/bin/xenconsoled", Way::xenbus));
  EXPECT_FALSE(expected("/usr/sbin/libvirtd", Way::older_connection));
  EXPECT_FALSE(expected("/tmp/xenconsoled/x", Way::older_connection));
  EXPECT_FALSE(expected("", Way::older_connection));
}

TEST(Bypass, ALaterOneHasComeByXenstoredsOtherName) {
  Host host;
  host.connect(2, 60);
  host.processes.push_back({300, 4, "/usr/bin/xenstore-ls", {60}, false});
  EXPECT_EQ(host.seen(), Seen{"300 /usr/bin/xenstore-ls socket.real"});
}

TEST(Bypass, EveryHolderOfAConnectionIsNamedAndEachOnce) {
  Host host;
  host.connect(2, 60);
  host.connect(3, 61);
  host.older = {2, 3};
  host.processes.push_back({300, 4, "/usr/sbin/xl", {60, 61}, false});
  host.processes.push_back({301, 5, "/usr/sbin/xl", {60}, false});
  EXPECT_EQ(host.seen(), (Seen{"300 /usr/sbin/xl older connection", "301 /usr/sbin/xl older connection"}));
}

TEST(Bypass, WhoHoldsTheKernelsWayIsNamedButXenstoredItself) {
  Host host;
  host.processes[0].holds_xenbus = true;
  host.processes.push_back({300, 4, "/usr/bin/xenstore-watch", {}, true});
  EXPECT_EQ(host.seen(), Seen{"300 /usr/bin/xenstore-watch /dev/xen/xenbus"});
}

TEST(Bypass, OneProcessMayGoSeveralWays) {
  Host host;
  host.connect(2, 60);
  host.connect(3, 61);
  host.older = {2};
  host.processes.push_back({300, 4, "x", {60, 61}, true});
  EXPECT_EQ(host.seen(), (Seen{"300 x older connection", "300 x socket.real", "300 x /dev/xen/xenbus"}));
}

TEST(Bypass, AConnectionWhoseClientHungUpIsNobodys) {
  Host host;
  host.sockets.push_back({.inode = 4, .peer = 0, .name = kName});
  host.processes.push_back({300, 4, "x", {0}, false});
  EXPECT_EQ(host.seen(), Seen{});
}

}  // namespace
}  // namespace xenacm::xen
