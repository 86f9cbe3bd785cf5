// SPDX-License-Identifier: Apache-2.0
// Every class of device, in every way of writing it: what is refused leaves nothing, what is allowed arrives.
#include <gtest/gtest.h>

#include <functional>

#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;
using Asked = std::vector<std::string>;
using Nodes = std::vector<std::pair<std::string, std::string>>;

// A device of domain 7 with its backend in domain 5.
struct Device {
  std::string front, back;
  std::string link;
  [[nodiscard]] Nodes front_pointers() const { return {{front + "/backend", back}, {front + "/backend-id", "5"}}; }
  [[nodiscard]] Nodes back_pointers() const { return {{back + "/frontend", front}, {back + "/frontend-id", "7"}}; }
};

std::vector<Device> devices() {
  std::vector<Device> devices;
  const auto add = [&](const std::string& front, const std::string& back, const std::string& link) {
    devices.push_back({"/local/domain/7/" + front, "/local/domain/5/backend/" + back, "attach " + link + " to 5"});
  };
  for (const char* same : {"vif", "vbd", "vtpm", "vkbd", "vfb", "9pfs", "pvcalls", "vusb", "vdispl", "vsnd", "pci",
                           "virtio_disk", "a-class_of-tomorrow"}) {
    add("device/"s + same + "/3", same + "/7/3"s, same + "/7/3"s);
  }
  add("device/vbd/51712", "qdisk/7/51712", "vbd/7/51712");
  add("device/vbd/51728", "vbd3/7/51728", "vbd/7/51728");
  add("device/vusb/0", "qusb/7/0", "vusb/7/0");
  add("console", "console/7/0", "console/7/0");
  add("device/console/1", "console/7/1", "console/7/1");
  add("vuart/0", "vuart/7/0", "vuart/7/0");
  return devices;
}

// Writes the device; whatever was refused says EACCES, in the last answer at the latest.
struct Way {
  const char* name;
  std::function<std::string(RawClient&, const Device&)> write;
};

void write_all(RawClient& raw, const Nodes& nodes, std::uint32_t transaction) {
  for (const auto& [path, value] : nodes) raw.write(path, value, transaction);
}

void make_front(RawClient& raw, const Device& device, std::uint32_t transaction) {
  raw.rm(device.front, transaction);
  raw.mkdir(device.front, transaction);
  raw.set_perms(device.front, "n7 r5", transaction);
  write_all(raw, device.front_pointers(), transaction);
}

void make_back(RawClient& raw, const Device& device, std::uint32_t transaction) {
  raw.rm(device.back, transaction);
  raw.mkdir(device.back, transaction);
  raw.set_perms(device.back, "n5 r7", transaction);
  write_all(raw, device.back_pointers(), transaction);
}

std::string write_bare(RawClient& raw, const Nodes& nodes) {
  std::string answer;
  for (const auto& [path, value] : nodes) {
    answer = raw.write(path, value);
    if (answer != "OK") raw.rm(path);
  }
  return answer;
}

const std::vector<Way>& ways() {
  static const std::vector<Way> ways{
      {"one transaction, frontend first",
       [](RawClient& raw, const Device& device) {
         const auto transaction = raw.begin();
         make_front(raw, device, transaction);
         make_back(raw, device, transaction);
         return raw.commit(transaction);
       }},
      {"one transaction, backend first",
       [](RawClient& raw, const Device& device) {
         const auto transaction = raw.begin();
         make_back(raw, device, transaction);
         make_front(raw, device, transaction);
         return raw.commit(transaction);
       }},
      {"bare writes, frontend alone",
       [](RawClient& raw, const Device& device) { return write_bare(raw, device.front_pointers()); }},
      {"bare writes, backend alone",
       [](RawClient& raw, const Device& device) { return write_bare(raw, device.back_pointers()); }},
      {"the frontend's pointer turned to another backend",
       [](RawClient& raw, const Device& device) {
         const std::string other = "/local/domain/6" + device.back.substr(std::string("/local/domain/5").size());
         EXPECT_EQ(raw.write(device.front + "/backend", other), "OK");
         const std::string answer = raw.write(device.front + "/backend", device.back);
         if (answer != "OK") raw.rm(device.front + "/backend");
         return answer;
       }},
  };
  return ways;
}

class Classes : public GateBed {
 protected:
  void SetUp() override {
    for (const std::uint32_t domid : {5u, 6u, 7u, 8u, 9u}) store_.add_domain(domid);
    GateBed::SetUp();
  }
  [[nodiscard]] bool is_linked(const Device& device) const {
    for (const Nodes& nodes : {device.front_pointers(), device.back_pointers()}) {
      for (const auto& [path, value] : nodes) {
        if (stored(path) == value) return true;
      }
    }
    return false;
  }
};
FOR_EVERY_XENSTORED(Classes);

TEST_P(Classes, ARefusedLinkOfAnyClassWrittenInAnyWayLeavesNothing) {
  RawClient raw = client();
  for (const Device& device : devices()) {
    for (const Way& way : ways()) {
      monitor_.deny(device.link);
      EXPECT_EQ(way.write(raw, device), "EACCES") << device.link << ": " << way.name;
      EXPECT_FALSE(is_linked(device)) << device.link << ": " << way.name;
    }
  }
}

TEST_P(Classes, AnAllowedLinkOfAnyClassWrittenInAnyWayArrives) {
  RawClient raw = client();
  for (const Device& device : devices()) {
    for (const Way& way : ways()) {
      EXPECT_EQ(way.write(raw, device), "OK") << device.link << ": " << way.name;
      EXPECT_TRUE(is_linked(device)) << device.link << ": " << way.name;
      EXPECT_EQ(monitor_.asked().back(), device.link) << way.name;
      raw.rm(device.front);
      raw.rm(device.back);
    }
  }
}

TEST_P(Classes, LibxlsPermissionsAskNothingNew) {
  RawClient raw = client();
  const Device device = devices().front();
  EXPECT_EQ(ways().front().write(raw, device), "OK");
  EXPECT_EQ(monitor_.asked(), Asked{device.link});
}

TEST_P(Classes, PermissionsThatJoinDomainsAreJudged) {
  RawClient raw = client();
  const Device device = devices().front();
  ASSERT_EQ(raw.mkdir(device.back), "OK");
  ASSERT_EQ(raw.write("/shared", "0"), "OK");
  monitor_.deny("attach");
  const std::string before = raw.ask(static_cast<Message>(3), "/shared\0"s);
  EXPECT_EQ(raw.set_perms(device.back, "n5 r7"), "EACCES");
  EXPECT_EQ(raw.set_perms("/shared", "n5 b7"), "EACCES");
  const auto transaction = raw.begin();
  EXPECT_EQ(raw.set_perms("/shared", "n5 b7", transaction), "OK");
  EXPECT_EQ(raw.commit(transaction), "EACCES");
  EXPECT_EQ(raw.ask(static_cast<Message>(3), "/shared\0"s), before);
  EXPECT_EQ(raw.set_perms("/shared", "n0 r7"), "OK") << "Domain-0 and one other";
  monitor_.allow();
  EXPECT_EQ(raw.set_perms("/shared", "n5 b7"), "OK");
  EXPECT_EQ(monitor_.asked(),
            (Asked{device.link, "attach xenstore/7/0 to 5", "attach xenstore/7/0 to 5", "attach xenstore/7/0 to 5"}));
  EXPECT_EQ(raw.ask(static_cast<Message>(3), "/shared\0"s), "n5\0b7"s);
}

TEST_P(Classes, PermissionsForEverybodyAreMalformed) {
  RawClient raw = client();
  ASSERT_EQ(raw.write("/shared", "0"), "OK");
  monitor_.deny("malformed /shared");
  for (const char* permissions : {"b0", "w5", "r5", "n5 r07"}) {
    EXPECT_EQ(raw.set_perms("/shared", permissions), "EACCES") << permissions;
  }
  EXPECT_EQ(raw.set_perms("/shared", "r0"), "OK");
}

TEST_P(Classes, WhatALinkIsMadeOfIsAskedWithItAndAlone) {
  struct Attribute {
    std::string path, value, asked;
  };
  RawClient raw = client();
  for (const auto& [path, value, asked] : {
           Attribute{"/local/domain/5/backend/vif/7/0/bridge", "xenbr0", "attach vif/7/0 to 5 on xenbr0"},
           Attribute{"/local/domain/5/backend/vbd/7/1/params", "/dev/a", "attach vbd/7/1 to 5 with phy:/dev/a"},
           Attribute{"/local/domain/5/backend/qdisk/7/2/params", "aio:/a", "attach vbd/7/2 to 5 with file:/a"},
           Attribute{"/local/domain/5/backend/vbd3/7/3/params", "/a", "attach vbd/7/3 to 5 with file:/a"},
           Attribute{"/local/domain/5/backend/pci/7/0/dev-0", "0000:04:00.0",
                     "attach pci/7/0 to 5 with pci:0000:04:00.0"},
       }) {
    monitor_.deny(asked);
    EXPECT_EQ(raw.write(path, value), "EACCES");
    EXPECT_EQ(stored(path), "ENOENT");
    const auto transaction = raw.begin();
    raw.write(path.substr(0, path.rfind('/')) + "/frontend-id", "7", transaction);
    raw.write(path, value, transaction);
    EXPECT_EQ(raw.commit(transaction), "EACCES");
    EXPECT_EQ(stored(path), "ENOENT");
    monitor_.allow();
    EXPECT_EQ(raw.write(path, value), "OK");
    EXPECT_EQ(stored(path), value);
    EXPECT_EQ(monitor_.asked().back(), asked);
  }
}

}  // namespace
}  // namespace xenacm::gate::testing
