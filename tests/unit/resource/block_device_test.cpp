// SPDX-License-Identifier: Apache-2.0
// Names of block devices, and places that are made of them (docs/resources.md, "Block devices")
#include "enforcer/resource/block_device.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "enforcer/resource/identify.h"
#include "enforcer/resource/mark.h"
#include "enforcer/resource/place.h"
#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {
namespace {

class BlockDevices : public ::testing::Test {
 protected:
  [[nodiscard]] std::string place(unsigned major_number, unsigned minor_number) const {
    const auto found = place_of_device(makedev(major_number, minor_number), host.roots());
    return found ? *found : "error: " + found.error();
  }

  Scratch scratch;
  MadeUpHost host{scratch};
};

TEST_F(BlockDevices, DeviceMapperUuidNamesALogicalVolume) {
  host.add("252:3", "dm-3");
  host.attribute("252:3", "dm/uuid", "LVM-abc");
  host.link("wwn-0x5000", "dm-3");
  EXPECT_EQ(place(252, 3), "device LVM-abc");
}

TEST_F(BlockDevices, DeviceMapperDeviceWithoutUuidIsNamedByItsLink) {
  host.add("252:3", "dm-3");
  host.attribute("252:3", "dm/uuid", "");
  host.link("dm-name-vg-a", "dm-3");
  EXPECT_EQ(place(252, 3), "device dm-name-vg-a");
}

TEST_F(BlockDevices, BestLinkByKindThenByByteOrder) {
  host.add("8:0", "sda");
  host.add("8:16", "sdb");
  // From the worst to the best: each one that is added takes over.
  for (const char* id : {"zzz-other", "aaa-other", "md-uuid-1", "virtio-1", "ata-1", "scsi-0QEMU", "scsi-2001",
                         "scsi-3600b", "scsi-3600a", "nvme-MODEL", "nvme-uuid.1", "nvme-eui.1", "wwn-0x2", "wwn-0x1"}) {
    host.link(id, "sda");
    EXPECT_EQ(place(8, 0), "device " + std::string(id));
  }
  host.link("wwn-0x0", "sdb");
  EXPECT_EQ(place(8, 0), "device wwn-0x1") << "a link of another disk is none of this one's";
}

TEST_F(BlockDevices, PartitionIsNamedByItsOwnLink) {
  host.add("8:0", "sda");
  host.add_partition("8:1", "sda1", "sda", "1");
  host.link("wwn-0x1", "sda");
  host.link("wwn-0x1-part1", "sda1");
  EXPECT_EQ(place(8, 1), "device wwn-0x1-part1");
}

TEST_F(BlockDevices, PartitionWithoutLinkIsNamedByItsDisk) {
  host.add("254:0", "vda");
  host.add_partition("254:1", "vda1", "vda", "1");
  EXPECT_EQ(place(254, 1), "device part 1 of 254:0");
  host.link("virtio-serial", "vda");
  EXPECT_EQ(place(254, 1), "device part 1 of virtio-serial");
}

TEST_F(BlockDevices, NodesInFoldersAreFound) {
  host.add("104:0", "cciss/c0d0");
  host.link("cciss-1", "cciss/c0d0");
  EXPECT_EQ(place(104, 0), "device cciss-1");
}

TEST_F(BlockDevices, DeviceWithoutAnyNameHasItsNumber) {
  host.add("254:0", "vda");
  EXPECT_EQ(place(254, 0), "device 254:0") << "not even a folder of links";
  host.link("ata-1", "sda");
  EXPECT_EQ(place(254, 0), "device 254:0");
}

TEST_F(BlockDevices, DeviceThatTheKernelDoesNotHaveIsTrouble) {
  EXPECT_EQ(place(8, 0), "error: the kernel has no block device 8:0");
}

TEST_F(BlockDevices, LinksThatCannotBeReadAreTrouble) {
  host.add("8:0", "sda");
  scratch.write("dev/disk/by-id");  // no folder
  EXPECT_NE(place(8, 0).find("error: cannot read"), std::string::npos);
}

TEST_F(BlockDevices, LoopDeviceIsItsBackingFile) {
  const auto image = scratch.write("image");
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", image.string());
  const auto file = look_at(image);
  ASSERT_TRUE(file);
  EXPECT_EQ(place(7, 0), *place_of_thing(*file, Roots{}));
  EXPECT_EQ(place(7, 0).substr(0, 6), "inode ");
}

TEST_F(BlockDevices, LoopDeviceOnALoopDeviceIsTheFileBelow) {
  const auto image = scratch.write("image");
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", image.string());
  host.add("7:1", "loop1");
  std::filesystem::create_symlink(image, scratch.path("other-name"));
  host.attribute("7:1", "loop/backing_file", scratch.path("other-name").string());
  EXPECT_EQ(place(7, 1), place(7, 0));
}

TEST_F(BlockDevices, LoopDeviceThatIsNotInUseIsItself) {
  host.add("7:0", "loop0");
  EXPECT_EQ(place(7, 0), "device 7:0");
}

TEST_F(BlockDevices, PartitionOfALoopDeviceIsNotTheFile) {
  const auto image = scratch.write("image");
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", image.string());
  host.add_partition("259:0", "loop0p1", "loop0", "1");
  EXPECT_EQ(place(259, 0), "device part 1 of " + place(7, 0));
}

TEST_F(BlockDevices, LoopDeviceWhoseFileIsGoneIsTrouble) {
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", scratch.path("image").string());
  EXPECT_NE(place(7, 0).find("error: the file behind loop device 7:0 is not there"), std::string::npos);

  scratch.write("image (deleted)");
  host.attribute("7:0", "loop/backing_file", scratch.path("image (deleted)").string());
  EXPECT_NE(place(7, 0).find("error: the file behind loop device 7:0 was deleted"), std::string::npos)
      << "a file that happens to be called so is not taken for it";
}

// What a look at a node finds; a node cannot be made everywhere.
Thing node_of(unsigned major_number, unsigned minor_number) {
  Thing thing;
  thing.kind = ThingKind::device;
  thing.path = "/dev/node";
  thing.device = makedev(major_number, minor_number);
  return thing;
}

TEST_F(BlockDevices, NamesOfBlockDevicesStayWhatTheyAre) {
  host.add("252:3", "dm-3");
  host.attribute("252:3", "dm/uuid", "LVM-abc");
  for (const char* name : {"phy:/dev/vg/a", "file:/dev/vg/a", "tap:aio:/dev/vg/a"}) {
    const auto seen = resource_of(named(name), node_of(252, 3), host.roots());
    ASSERT_TRUE(seen && *seen) << name;
    EXPECT_EQ((*seen)->name, named(name));
    EXPECT_EQ((*seen)->identity, (monitor::Identity{"device LVM-abc", "", ""}));
    EXPECT_EQ((*seen)->trouble, "");
  }
}

TEST_F(BlockDevices, LoopDeviceHasTheIdentityOfItsFileAndItsOwnName) {
  const auto image = scratch.write("image");
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", image.string());
  ASSERT_TRUE(ensure_mark(file_name(image), host.roots()));
  const auto seen = resource_of(named("phy:/dev/loop0"), node_of(7, 0), host.roots());
  ASSERT_TRUE(seen && *seen);
  EXPECT_EQ((*seen)->name, named("phy:/dev/loop0"));
  EXPECT_EQ((*seen)->identity, identify(file_name(image), host.roots()).identity);
  EXPECT_EQ((*seen)->identity->mark.size(), 32u);
}

TEST_F(BlockDevices, TroubleBehindALoopDeviceNamesBoth) {
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", "/gone (deleted)");
  const auto seen = resource_of(named("phy:/dev/node"), node_of(7, 0), host.roots());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error(), "/dev/node: the file behind loop device 7:0 was deleted or replaced: /gone (deleted)");
}

}  // namespace
}  // namespace xenacm::resource
