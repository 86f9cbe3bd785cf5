// SPDX-License-Identifier: Apache-2.0
// Backends: what their states in xenstore tell of driver domains, and what guests write does no harm
#include <gtest/gtest.h>

#include <algorithm>

#include "labeltool/doctor/devices.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/doctor_found.h"
#include "tests/unit/labeltool/doctor_store.h"

namespace xenacm::labeltool::doctor::test {
namespace {

constexpr DomId kNicdom{1};
constexpr DomId kClient{2};

struct Host {
  Store store;
  std::vector<xen::DomainInfo> domains{domain(0), domain(1), domain(2)};

  static xen::DomainInfo domain(std::uint16_t domid, const std::string& state = "-b----") {
    return {.domid = DomId(domid), .uuid = monitor::Uuid(""), .memory_kib = 0, .vcpus = 1, .state = state};
  }
  // A vif of client1 that nicdom serves.
  Host() {
    put("/local/domain/2/device/vif/0", {{"backend-id", "1"}, {"state", "4"}});
    put("/local/domain/1/backend/vif/2/0",
        {{"state", "4"}, {"script", "/etc/xen/scripts/vif-bridge"}, {"hotplug-status", "connected"}});
  }
  void put(const std::string& directory, const std::vector<std::pair<std::string, std::string>>& nodes) {
    for (const auto& [name, value] : nodes) store.nodes[directory + "/" + name] = value;
  }
  void backend(const std::string& node, const std::string& value) {
    store.nodes["/local/domain/1/backend/vif/2/0/" + node] = value;
  }
  void forget(const std::string& path) {
    std::erase_if(store.nodes, [&](const auto& node) { return node.first.starts_with(path); });
  }
  [[nodiscard]] DeviceFacts facts() {
    return look_at_devices(store, domains, {{kNicdom, "nicdom"}, {kClient, "client1"}});
  }
  [[nodiscard]] Findings found() { return check_devices(facts()); }
};

TEST(DoctorDevices, SaysNothingOfALinkThatIsConnected) {
  Host host;
  EXPECT_EQ(names(host.found()), Names{});
  EXPECT_FALSE(is_settling(host.facts()));
}

TEST(DoctorDevices, AScriptThatNeverRanIsMissingOrLacksItsTools) {
  Host host;
  host.backend("state", "2");
  host.forget("/local/domain/1/backend/vif/2/0/hotplug-status");
  const Findings found = host.found();
  EXPECT_EQ(names(found), Names{"script-silent"});
  EXPECT_EQ(found.front().where, "vif 0 of client1, served by nicdom");
  EXPECT_EQ(commands(found),
            (Names{"nicdom# apt-get install xen-utils-common xenstore-utils", "xl network-detach 2 0"}));
  EXPECT_TRUE(is_settling(host.facts())) << "it may be about to run";
  host.backend("hotplug-status", "");
  EXPECT_EQ(names(host.found()), Names{"script-silent"}) << "xl devd makes the node before the script runs";
  host.backend("script", "/etc/xen/scripts/vif-acm");
  EXPECT_EQ(commands(host.found()).front(),
            "nicdom# apt-get install xenacm-driver-domain xen-utils-common xenstore-utils");
}

TEST(DoctorDevices, AScriptThatFailedSaysSoInItsDomainsWords) {
  Host host;
  host.backend("state", "2");
  host.backend("hotplug-status", "error");
  host.backend("hotplug-error", "no \x1b[2J bridge\n" + std::string(5'000, 'x'));
  const Findings found = host.found();
  EXPECT_EQ(names(found), Names{"script-failed"});
  EXPECT_TRUE(found.front().what.contains("nicdom says: no ?[2J bridge?xxx")) << found.front().what;
  EXPECT_LT(found.front().what.size(), 300u);
  EXPECT_FALSE(is_settling(host.facts()));
}

TEST(DoctorDevices, ABackendThatNoDriverTook) {
  Host host;
  host.backend("state", "1");
  EXPECT_EQ(names(host.found()), Names{"backend-not-taken"});
  EXPECT_EQ(commands(host.found()), Names{"nicdom# modprobe xen-netback"});
}

TEST(DoctorDevices, AFrontendThatDoesNotCome) {
  Host host;
  host.backend("state", "2");
  EXPECT_EQ(names(host.found()), Names{"frontend-silent"});
}

TEST(DoctorDevices, WhatHasNoFrontendAnyMore) {
  Host host;
  host.forget("/local/domain/2/device");
  EXPECT_EQ(names(host.found()), Names{"device-stale"});
  EXPECT_EQ(commands(host.found()),
            Names{"xenstore-write /local/domain/1/backend/vif/2/0/online 0 /local/domain/1/backend/vif/2/0/state 6"});
  host.backend("state", "6");
  EXPECT_EQ(commands(host.found()), Names{"xenstore-rm /local/domain/1/backend/vif/2/0"}) << "xl devd did not clear it";
  Host without_client;
  without_client.domains.pop_back();
  EXPECT_EQ(names(without_client.found()), Names{"device-stale"});
}

TEST(DoctorDevices, WhoseDriverDomainHasEnded) {
  for (const char* state : {"---s--", "----c-", "-----d"}) {
    Host host;
    host.domains[1] = Host::domain(1, state);
    EXPECT_EQ(names(host.found()), Names{"backend-gone"}) << state;
    EXPECT_EQ(commands(host.found()), Names{"xl network-detach 2 0"});
  }
  Host host;
  host.domains.erase(host.domains.begin() + 1);
  EXPECT_EQ(names(host.found()), Names{"backend-gone"});
  Host paused;
  paused.domains[1] = Host::domain(1, "--p---");
  EXPECT_EQ(names(paused.found()), Names{});
}

TEST(DoctorDevices, ConsolesAndOtherClassesHaveNoScriptsToMiss) {
  Host host;
  host.put("/local/domain/0/backend/console/2/0", {{"state", "1"}});
  host.put("/local/domain/1/backend/vkbd/2/0", {{"state", "2"}});
  host.put("/local/domain/0/backend/vbd/2/51712", {{"state", "2"}, {"params", ""}, {"script", "block"}});
  EXPECT_EQ(names(host.found()), Names{}) << "a drive without a medium, either";
}

TEST(DoctorDevices, NothingThatAGuestChoseIsInACommand) {
  Host host;
  host.put("/local/domain/1/backend/$(reboot)/2/0", {{"state", "1"}});
  host.put("/local/domain/1/backend/vif/x;reboot/0", {{"state", "1"}});
  host.put("/local/domain/1/backend/vif/2/1 reboot", {{"state", "1"}});
  host.put("/local/domain/1/backend/vif/99/0", {{"state", "$(reboot)"}, {"script", "$(reboot)"}});
  host.put("/local/domain/2/device/vif/$(reboot)", {{"backend-id", "77"}});
  host.put("/local/domain/2/device/vif/3", {{"backend-id", "7; reboot"}});
  for (const std::string& command : commands(host.found())) {
    EXPECT_EQ(command.find("reboot"), std::string::npos) << command;
  }
  EXPECT_EQ(names(host.found()), Names{"device-stale"});
}

TEST(DoctorDevices, XlConfsDefaultScript) {
  const labeltool::test::Workplace place;
  EXPECT_EQ(look_for_default_script(place.folder()), "");
  place.write("etc/xen/xl.conf", "#vif.default.script=\"vif-none\"\nvif.default.script=\"vif-acm\" # ours\n");
  EXPECT_EQ(look_for_default_script(place.folder()), "/etc/xen/scripts/vif-acm");
  DeviceFacts facts{.missing_default_script = "/etc/xen/scripts/vif-acm"};
  EXPECT_EQ(names(check_devices(facts)), Names{"default-script-missing"});
  EXPECT_EQ(commands(check_devices(facts)), Names{"apt-get install --reinstall xenacm-driver-domain"});
  place.write("etc/xen/scripts/vif-acm", "");
  EXPECT_EQ(look_for_default_script(place.folder()), "");
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test
