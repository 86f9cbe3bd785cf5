// SPDX-License-Identifier: Apache-2.0
// Names of file systems (docs/resources.md, "Files")
#include "enforcer/resource/place.h"

#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {
namespace {

constexpr std::int64_t kSomeType = 0x58465342;  // XFS; but the type does not count

class FileSystems : public ::testing::Test {
 protected:
  [[nodiscard]] std::string name(const FileSystemFacts& facts) const {
    const auto found = file_system_name(facts, host.roots());
    return found ? *found : "error: " + found.error();
  }

  void mounts(const std::string& text) const { scratch.write("mountinfo", text); }

  Scratch scratch;
  MadeUpHost host{scratch};
};

TEST_F(FileSystems, AUuidOfItsOwnNamesIt) {
  EXPECT_EQ(name({kSomeType, {0xa94e5754, 0x04a2c4f0}, makedev(254, 0)}), "a94e575404a2c4f0");
}

TEST_F(FileSystems, WhereTheUuidIsTheDeviceNumberTheDeviceNamesIt) {
  host.add("8:1", "sda1");
  host.link("wwn-0x1-part1", "sda1");
  const auto number = static_cast<std::uint32_t>(makedev(8, 1));
  EXPECT_EQ(name({kSomeType, {number, 0}, makedev(8, 1)}), "wwn-0x1-part1");
  EXPECT_EQ(name({OVERLAYFS_SUPER_MAGIC, {number, 0}, makedev(0, 52)}), "wwn-0x1-part1") << "an overlay on it";
}

TEST_F(FileSystems, AServersNumberIsNotTakenForADeviceOfThisHost) {
  host.add("8:1", "sda1");
  mounts("36 35 0:52 / /mnt rw - nfs4 server:/export rw\n");
  EXPECT_EQ(name({NFS_SUPER_MAGIC, {static_cast<std::uint32_t>(makedev(8, 1)), 0}, makedev(0, 52)}),
            "nfs4 server:/export");
}

TEST_F(FileSystems, WithoutUuidTheDeviceNamesIt) {
  host.add("8:1", "sda1");
  host.link("wwn-0x1-part1", "sda1");
  EXPECT_EQ(name({kSomeType, {0, 0}, makedev(8, 1)}), "wwn-0x1-part1");
}

TEST_F(FileSystems, OnALoopDeviceTheBackingFileNamesIt) {
  const auto image = scratch.write("image");
  host.add("7:0", "loop0");
  host.attribute("7:0", "loop/backing_file", image.string());
  EXPECT_EQ(name({kSomeType, {static_cast<std::uint32_t>(makedev(7, 0)), 0}, makedev(7, 0)}),
            *place_of_device(makedev(7, 0), host.roots()));
}

TEST_F(FileSystems, WithoutDeviceTheSourceNamesIt) {
  mounts("36 35 0:52 / /mnt rw shared:1 - nfs4 server:/export rw\n37 35 0:5 / /x rw - nfs4 server:/other rw\n");
  EXPECT_EQ(name({NFS_SUPER_MAGIC, {0, 0}, makedev(0, 52)}), "nfs4 server:/export");
}

TEST_F(FileSystems, OfSeveralMountsTheShortestSourceCounts) {
  mounts(
      "36 35 0:52 / /a rw - nfs4 server:/export/images rw\n"
      "37 35 0:52 / /b rw shared:1 master:2 - nfs4 server:/export rw\n"
      "38 35 0:52 / /c rw - nfs4 server:/exporu rw\n"
      "39 35 0:52 / /d rw - nfs4 10.0.0.1:/export/images rw\n");
  EXPECT_EQ(name({NFS_SUPER_MAGIC, {0, 0}, makedev(0, 52)}), "nfs4 server:/export");
}

TEST_F(FileSystems, ASourceThatNamesNothingLeavesTheNumber) {
  mounts("36 35 0:52 / /mnt rw - fuse shared rw\n");
  EXPECT_EQ(name({kSomeType, {0x34, 0}, makedev(0, 52)}), "fuse 0:52");
  EXPECT_EQ(name({kSomeType, {0x35, 0}, makedev(0, 53)}), "mount 0:53") << "which is not among the mounts";
}

TEST_F(FileSystems, FilesThatAreNotNumberedCannotBeTold) {
  for (const std::int64_t type : {std::int64_t{MSDOS_SUPER_MAGIC}, std::int64_t{EXFAT_SUPER_MAGIC}}) {
    EXPECT_NE(name({type, {1, 2}, makedev(8, 1)}).find("error: FAT and exFAT do not number their files"),
              std::string::npos);
  }
}

TEST_F(FileSystems, DeviceThatCannotBeNamedIsTrouble) {
  EXPECT_EQ(name({kSomeType, {0, 0}, makedev(8, 1)}), "error: the kernel has no block device 8:1");
}

}  // namespace
}  // namespace xenacm::resource
