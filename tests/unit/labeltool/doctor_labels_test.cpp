// SPDX-License-Identifier: Apache-2.0
// PCI devices, labels, records and the clock
#include <gtest/gtest.h>

#include <filesystem>

#include "labeltool/doctor/labels.h"
#include "labeltool/doctor/passthrough.h"
#include "labeltool/doctor/records.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/doctor_found.h"
#include "tests/unit/labeltool/doctor_store.h"

namespace xenacm::labeltool::doctor::test {
namespace {

using nlohmann::json;

TEST(DoctorPassthrough, ACardNeedsALabelAndAnIommu) {
  const std::set<std::string> kOne{"pci:0000:00:05.0"};
  PassthroughFacts facts{.devices = {{"0000:00:05.0", true, {}}}, .iommu = true, .labelled = kOne};
  EXPECT_EQ(names(check_passthrough(facts)), Names{});
  facts.labelled->clear();
  EXPECT_EQ(names(check_passthrough(facts)), Names{"pci-unlabelled"});
  EXPECT_EQ(commands(check_passthrough(facts)), Names{"labeltool addlabel LABEL res pci:0000:00:05.0"});
  facts.devices.front().owner = monitor::DomId(3);
  EXPECT_EQ(commands(check_passthrough(facts)),
            (Names{"xl pci-detach 3 0000:00:05.0", "labeltool addlabel LABEL res pci:0000:00:05.0",
                   "xl pci-attach 3 0000:00:05.0"}));
  facts.labelled = kOne;
  facts.iommu = false;
  EXPECT_EQ(names(check_passthrough(facts)), Names{"no-iommu"});
  facts.labelled.reset();
  EXPECT_EQ(names(check_passthrough(facts)), Names{"no-iommu"}) << "the daemon, which knows the labels, is silent";
  facts.iommu.reset();
  EXPECT_EQ(names(check_passthrough(facts)), Names{}) << "Xen did not tell";
}

TEST(DoctorPassthrough, IsSeenInSysAndXenstore) {
  const labeltool::test::Workplace place;
  for (const char* address : {"0000:00:05.0", "0000:00:06.0"}) {
    place.write(std::string("sys/bus/pci/drivers/pciback/") + address + "/x", "");
  }
  place.write("sys/bus/pci/drivers/pciback/bind", "");
  place.write("sys/bus/pci/devices/0000:00:05.0/class", "0x020000\n");
  place.write("sys/bus/pci/devices/0000:00:06.0/class", "0x010802\n");
  Store store;
  store.nodes["/local/domain/0/backend/pci/3/0/dev-0"] = "0000:00:06.0";
  const auto devices = look_at_pci(place.folder(), store);
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_TRUE(devices[0].is_network);
  EXPECT_EQ(devices[0].owner, std::nullopt);
  EXPECT_FALSE(devices[1].is_network);
  EXPECT_EQ(devices[1].owner, monitor::DomId(3));
}

json binding(const std::string& name, const json& uuid = {}) {
  return {{"name", name}, {"uuid", uuid}, {"text", "ACM:mytest:A-Bank"}, {"valid", true}};
}

TEST(DoctorLabels, ALabelIsForADomainThatRunsOrIsConfigured) {
  LabelFacts facts{.bindings = {binding("client1"), binding("client2"), binding("by-uuid", "u-3")},
                   .domains = {{{"name", "client1"}, {"uuid", "u-1"}}, {{"name", "other"}, {"uuid", "u-3"}}},
                   .configured = std::set<std::string>{"client2"}};
  EXPECT_EQ(names(check_labels(facts)), Names{});
  facts.bindings.push_back(binding("gone"));
  EXPECT_EQ(names(check_labels(facts)), Names{"label-idle"});
  EXPECT_EQ(commands(check_labels(facts)), Names{"labeltool rmlabel mgt gone"});
  facts.configured.reset();
  EXPECT_EQ(names(check_labels(facts)), Names{}) << "XAPI may have it";
}

TEST(DoctorLabels, ADomainIsForALabel) {
  const LabelFacts facts{.unlabelled = {"client 3"}, .configured = {}};
  EXPECT_EQ(names(check_labels(facts)), Names{"domain-unlabelled"});
  EXPECT_EQ(
      commands(check_labels(facts)),
      (Names{"xl shutdown -w 'client 3'", "labeltool addlabel LABEL mgt 'client 3'", "xl create CONFIGURATION-OF-IT"}));
}

TEST(DoctorLabels, AnInvalidLabelIsGivenAnewWhileTheDomainDoesNotRun) {
  json invalid = binding("client1", "u-1");
  invalid.update({{"valid", false}, {"text", "INV_ACM:mytest:A-Bank"}});
  LabelFacts facts{.bindings = json::array({invalid}), .configured = {}};
  const Names relabelled{"labeltool rmlabel mgt client1", "labeltool addlabel LABEL mgt client1"};
  EXPECT_EQ(names(check_labels(facts)), Names{"label-invalid"});
  EXPECT_EQ(commands(check_labels(facts)), relabelled);

  facts.domains = {{{"name", "renamed"}, {"uuid", "u-1"}}};
  facts.unlabelled = {"renamed"};
  Names stopped{"xl shutdown -w renamed"};
  stopped.insert(stopped.end(), relabelled.begin(), relabelled.end());
  stopped.emplace_back("xl create CONFIGURATION-OF-IT");
  Findings found = check_labels(facts);
  EXPECT_EQ(names(found), (Names{"domain-unlabelled", "label-invalid"}));
  EXPECT_EQ(commands({found[0]}), stopped) << "it is labelled already, so the label has to go first";
  EXPECT_EQ(commands({found[1]}), stopped);
}

TEST(DoctorLabels, ResourcesWhoseLabelHarmsOrIdles) {
  const auto found = [](const char* kind) {
    const LabelFacts facts{.resources = {{{"finding", kind},
                                          {"name", "file:/a"},
                                          {"label", "ACM:mytest:A-Bank"},
                                          {"what", "w"},
                                          {"mends", {"labeltool rmlabel res file:/a"}}}},
                           .configured = {}};
    EXPECT_EQ(commands(check_labels(facts)), Names{"labeltool rmlabel res file:/a"});
    return names(check_labels(facts)).front();
  };
  for (const char* kind : {"contradictory", "replaced", "double"}) {
    EXPECT_EQ(found(kind), "resource-contradictory") << kind;
  }
  for (const char* kind : {"orphan", "unbound"}) EXPECT_EQ(found(kind), "resource-idle") << kind;
}

TEST(DoctorLabels, WhateverIsAtAResourcesNameIsGivenTheLabelLast) {
  const std::string repair = "labeltool resources --repair file:/a ";
  LabelFacts facts{.resources = {{{"finding", "replaced"},
                                  {"mends", {repair + "adopt", repair + "rename NEWNAME", "labeltool rmlabel res a"}}}},
                   .configured = {}};
  EXPECT_EQ(commands(check_labels(facts)),
            (Names{"labeltool rmlabel res a", "# or: " + repair + "rename NEWNAME", "# or: " + repair + "adopt"}));
  facts.resources = {{{"finding", "unbound"}, {"mends", {repair + "adopt"}}}};
  EXPECT_EQ(commands(check_labels(facts)), Names{repair + "adopt"});
}

TEST(DoctorLabels, AResourceThatNobodyCanReadHasAWayOut) {
  const LabelFacts facts{.resources = {{{"finding", "unreadable"}, {"mends", json::array()}}}, .configured = {}};
  EXPECT_EQ(names(check_labels(facts)), Names{"resource-contradictory"});
  EXPECT_EQ(commands(check_labels(facts)), Names{"labeltool resources --check"});
}

TEST(DoctorLabels, ConfigurationsOfXlAndLibvirtNameTheirDomains) {
  const labeltool::test::Workplace place;
  place.write("etc/xen/a.cfg", "# name = 'no'\nname = \"client1\"\nmemory = 1\n");
  place.write("etc/xen/auto/b.cfg", "\xff\xfe\nname='client2'\n" + std::string(100'000, 'x'));
  place.write("etc/libvirt/libxl/c.xml", "<domain>\n  <name>client3</name>\n");
  const auto names = look_for_configurations(place.folder());
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::set<std::string>{"a", "b", "c", "client1", "client2", "client3"}));
  place.write("usr/sbin/xapi", "");
  EXPECT_FALSE(look_for_configurations(place.folder()));
}

TEST(DoctorRecords, TheLogIsWritableSoundSignedAndGoesWhereItShould) {
  RecordFacts facts{
      .state = {{"writable", true}, {"archive_error", ""}, {"outputs", {{{"name", "syslog"}, {"error", ""}}}}},
      .unsound = {}};
  EXPECT_EQ(names(check_records(facts)), Names{});
  facts.state["writable"] = false;
  facts.state["error"] = "disk full";
  facts.state["archive_error"] = "no";
  facts.state["outputs"][0].update({{"error", "refused"}, {"position", 7}});
  facts.unsound = audit::Finding{audit::Fault::altered, 12, "Record 12 was altered"};
  facts.is_signed = false;
  EXPECT_EQ(names(check_records(facts)),
            (Names{"audit-unwritable", "audit-unsound", "audit-unsigned", "audit-archive", "audit-output"}));
}

TEST(DoctorClock, IsNotBehindTheRecordsAndIsKeptInTimeWhereThereIsSystemd) {
  ClockFacts facts{.now = Micros(2'000'000), .latest = Micros(2'000'000)};
  EXPECT_EQ(names(check_clock(facts)), Names{});
  facts.latest = Micros(5'500'000);
  EXPECT_EQ(names(check_clock(facts)), Names{"clock-back"});
  EXPECT_EQ(commands(check_clock(facts)), Names{"date -s @6"}) << "the first second after the record";
  facts.synchronised = false;
  EXPECT_EQ(names(check_clock(facts)), Names{"clock-back"});
  facts.systemd = true;
  EXPECT_EQ(names(check_clock(facts)), (Names{"clock-back", "clock-unsynchronised"}));
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test
