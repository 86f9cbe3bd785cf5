// SPDX-License-Identifier: Apache-2.0
// The links of every device class, as toolstacks write them.
#include <gtest/gtest.h>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

// A device of domain 7 with its backend in domain 5.
struct Device {
  std::string front, back;
  std::string link;  // what is asked about
};

std::vector<Device> devices() {
  std::vector<Device> devices;
  const auto add = [&](const std::string& front, const std::string& back, int device, const std::string& link_class) {
    devices.push_back({"/local/domain/7/" + front, "/local/domain/5/backend/" + back + "/7/" + std::to_string(device),
                       "attach " + link_class + "/7/" + std::to_string(device) + " to 5"});
  };
  for (const char* same : {"vif", "vtpm", "vkbd", "vfb", "9pfs", "pvcalls", "vusb", "vdispl", "vsnd", "pci", "console",
                           "virtio", "virtio_disk", "vbd", "argo-2"}) {
    add("device/"s + same + "/3", same, 3, same);
  }
  add("device/vbd/51712", "qdisk", 51712, "vbd");
  add("device/vbd/51712", "vbd3", 51712, "vbd");
  add("device/vusb/0", "qusb", 0, "vusb");
  add("device/vkbd/0", "vinput", 0, "vkbd");
  add("device/9pfs/0", "xen_9pfs", 0, "9pfs");
  add("console", "console", 0, "console");
  add("vuart/0", "vuart", 0, "vuart");
  return devices;
}

TEST(DeviceClasses, LibxlsTransactionIsOneLinkThatIsMadeAnew) {
  for (const auto& [front, back, link] : devices()) {
    const std::vector<OwnedFrame> transaction{
        rm(front),
        mkdir(front),
        set_perms(front, "n7 r5"),
        write(front + "/backend", back),
        write(front + "/backend-id", "5"),
        set_perms(front + "/backend-id", "n7 r5"),
        write(front + "/state", "1"),
        rm(back),
        mkdir(back),
        set_perms(back, "n5 r7"),
        write(back + "/frontend", front),
        write(back + "/frontend-id", "7"),
        write(back + "/online", "1"),
    };
    EXPECT_EQ(lines(outcome_of(transaction)), Lines{link + " anew"}) << back;
  }
}

TEST(DeviceClasses, EachPointerAloneIsTheSameLink) {
  for (const auto& [front, back, link] : devices()) {
    for (const auto& request : {write(front + "/backend", back), write(back + "/frontend", front),
                                write(front + "/backend-id", "5"), write(back + "/frontend-id", "7")}) {
      EXPECT_EQ(lines(outcome_of({request})), Lines{link}) << back;
    }
  }
}

TEST(DeviceClasses, PermissionsAloneAreTheSameLink) {
  for (const auto& [front, back, link] : devices()) {
    EXPECT_EQ(lines(outcome_of({set_perms(front, "n7 r5")})), Lines{link}) << front;
    EXPECT_EQ(lines(outcome_of({set_perms(back + "/port/1", "n5 b7")})), Lines{link}) << back;
  }
}

TEST(DeviceClasses, RemovingTheBackendDirectoryTakesTheLinkAway) {
  for (const auto& [front, back, link] : devices()) {
    Lines removed = lines(outcome_of({rm(front), rm(back)}));
    ASSERT_EQ(removed.size(), 1u) << back;
    EXPECT_EQ("attach " + removed[0].substr(8, removed[0].find(" of ") - 8) + " to 5", link);
  }
}

TEST(DeviceClasses, WhatElseStandsWhereDevicesDoIsNone) {
  for (const char* path : {"/local/domain/7/device/suspend/event-channel", "/local/domain/7/console/tty",
                           "/local/domain/7/console/limit", "/local/domain/0/device-model/7/state",
                           "/local/domain/5/backend/vif/7/0/state", "/libxl/7/device/vif/0/backend",
                           "/local/domain/7/error/device/vif/0/error", "/local/domain/7/device/vsnd/0/0/1/type",
                           "/local/domain/7/control/shutdown", "/local/domain/5/backend/vusb/7/0/port/1"}) {
    EXPECT_EQ(lines(outcome_of({write(path, "7")})), Lines{}) << path;
  }
  for (const char* path : {"/local/domain/5/backend", "/local/domain/5/backend/vif", "/local/domain/5/backend/vif/7",
                           "/local/domain/7/device", "/local/domain/7/device/vif", "/local/domain/7/console"}) {
    EXPECT_EQ(lines(outcome_of({mkdir(path)})), Lines{}) << path;
  }
}

struct Attribute {
  std::string directory, key, value;
  std::string made_of;  // as frames.h has it; empty: nothing
};

std::vector<Attribute> attributes() {
  return {
      {"vif/7/0", "bridge", "xenbr0", " on xenbr0"},
      {"vif/7/0", "gatewaydev", "eth0", " by eth0"},
      {"vbd/7/51712", "params", "/dev/vg/a", " with phy:/dev/vg/a"},
      {"vbd/7/51712", "params", "vg/a", " with phy:/dev/vg/a"},
      {"vbd/7/51712", "params", "/vm/a.img", " with file:/vm/a.img"},
      {"vbd/7/51712", "params", "", ""},
      {"vbd3/7/51712", "params", "/dev/vg/a", " with phy:/dev/vg/a"},
      {"virtio_disk/7/51712", "params", "/vm/a.img", " with file:/vm/a.img"},
      {"qdisk/7/51712", "params", "aio:/vm/a.img", " with file:/vm/a.img"},
      {"qdisk/7/51712", "params", "qcow2:/vm/a.qcow2", " with file:/vm/a.qcow2"},
      {"qdisk/7/51712", "params", "aio:/dev/vg/a", " with phy:/dev/vg/a"},
      {"qdisk/7/51712", "params", "aio:/vm/a:", " with file:/vm/a:"},
      {"qdisk/7/51712", "params", "", ""},
      {"qdisk/7/51712", "params", "empty:", ""},
      {"pci/7/0", "dev-0", "0000:04:00.0", " with pci:0000:04:00.0"},
  };
}

TEST(LinkAttributes, AreAskedWithTheirLinkWhereTheyAreWrittenWithIt) {
  for (const auto& [directory, key, value, made_of] : attributes()) {
    const std::string back = "/local/domain/5/backend/" + directory;
    const std::string device_class = std::string(link_class(directory.substr(0, directory.find('/'))));
    const std::string link = device_class + directory.substr(directory.find('/')) + " to 5";
    const auto outcome = outcome_of({write(back + "/" + key, value), write(back + "/frontend-id", "7")});
    EXPECT_EQ(lines(outcome), Lines{"attach " + link + made_of}) << value;
  }
}

// xl cd-insert, brctl's caller, xl pci-attach to a domain that has one
TEST(LinkAttributes, AreAskedAboutWhereTheyAreWrittenAlone) {
  for (const auto& [directory, key, value, made_of] : attributes()) {
    const auto asked = lines(outcome_of({write("/local/domain/5/backend/" + directory + "/" + key, value)}));
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_TRUE(asked[0].ends_with(" to 5" + made_of)) << asked[0];
  }
}

TEST(LinkAttributes, OfThePathThatNamesNoLinkAreMalformed) {
  for (const char* path : {"/local/domain/5/backend/vif/7/x/bridge", "/local/domain/5/backend/vbd/x/0/params",
                           "/local/domain/5/backend/pci/07/0/dev-0"}) {
    EXPECT_EQ(lines(outcome_of({write(path, "0000:04:00.0")})), Lines{"malformed "s + path});
  }
}

TEST(LinkAttributes, TheBridgeIsTheLinksOwnAndTheLastOne) {
  const std::string back = "/local/domain/5/backend/vif/7/0";
  EXPECT_EQ(
      lines(outcome_of({write(back + "/bridge", "old"), write(back + "/frontend-id", "7"),
                        write("/local/domain/6/backend/vif/7/0/bridge", "other"), write(back + "/bridge", "new")})),
      (Lines{"attach vif/7/0 to 5 on new", "attach vif/7/0 to 6 on other"}));
}

TEST(LinkAttributes, ADiskWhoseParamsNameNoFileIsMalformed) {
  const std::string params = "/local/domain/0/backend/qdisk/7/51712/params";
  EXPECT_EQ(lines(outcome_of({write(params, "aio:/vm/a\nb")})),
            (Lines{"malformed " + params, "attach vbd/7/51712 to 0"}));
}

TEST(LinkAttributes, AllPciDevicesOfALinkAreAskedAtOnce) {
  const std::string back = "/local/domain/0/backend/pci/7/0";
  EXPECT_EQ(lines(outcome_of({write(back + "/frontend-id", "7"), write(back + "/dev-0", "0000:04:00.0"),
                              write(back + "/dev-1", "0001:af:1f.7"), write(back + "/dev-10", "0000:04:00.0"),
                              write("/local/domain/0/backend/pci/7/1/dev-0", "0000:05:00.0")})),
            (Lines{"attach pci/7/0 to 0 with pci:0000:04:00.0 with pci:0001:af:1f.7",
                   "attach pci/7/1 to 0 with pci:0000:05:00.0"}));
}

TEST(LinkAttributes, APciAddressInAnUnclearFormIsMalformed) {
  const std::string path = "/local/domain/0/backend/pci/7/0/dev-0";
  for (const std::string& address :
       {""s, "04:00.0"s, "0:4:0.0"s, "0000:04:00.8"s, "0000:04:20.0"s, "0000:AF:00.0"s, "0000:04:00.0 "s,
        "0000:04:00.0\0"s, "0x0000:04:00.0"s, "10000:04:00.0"s, "0000:04:00"s, "pci:0000:04:00.0"s}) {
    EXPECT_EQ(lines(outcome_of({write(path, address)})), (Lines{"malformed " + path, "attach pci/7/0 to 0"}))
        << address;
  }
}

// xl pci-attach, and each device of pci = […]: the device is the domain's as soon as this is written.
TEST(PciAssignment, IsAskedBeforeTheDeviceIsGiven) {
  EXPECT_EQ(lines(outcome_of({write("/libxl/pci/0000-04-00-0/domid", "7")})),
            Lines{"attach pci/7/0 to 0 with pci:0000:04:00.0"});
}

TEST(PciAssignment, ToNoDomainOrOfNoDeviceIsMalformed) {
  for (const std::string& value : {"07"s, "x"s, "7 "s, "40000"s}) {
    EXPECT_EQ(lines(outcome_of({write("/libxl/pci/0000-04-00-0/domid", value)})),
              Lines{"malformed /libxl/pci/0000-04-00-0/domid"})
        << value;
  }
  for (const std::string address : {"0000-AF-00-0", "0000-04-20-0", "0000-04-00-8"}) {
    EXPECT_EQ(lines(outcome_of({write("/libxl/pci/" + address + "/domid", "7")})),
              Lines{"malformed /libxl/pci/" + address + "/domid"});
  }
}

}  // namespace
}  // namespace xenacm::gate::testing
