// SPDX-License-Identifier: Apache-2.0
// Where a thing is, by names that do not depend on paths: monitor::Identity's `place`.
//
//   file           "inode FILESYSTEM:NUMBER"
//   block device   "device NAME"
//
// NAME is BlockDevice::stable_name, else of a partition "part N of DISK" (DISK being the place of its disk), else
// "MAJOR:MINOR", which does not outlast the host's next start. A loop device has the place of its backing file, for it
// holds the same bytes; a partition of it has a place of its own.
//
// FILESYSTEM is
//   1. statfs(2)'s f_fsid, as `stat -f -c %i` prints it, where the file system makes it of a uuid of its own: ext2,
//      ext3, ext4, btrfs (each subvolume and snapshot has another), ZFS, CephFS, tmpfs (made anew at every mount);
//   2. the name of the block device, where f_fsid is but the device number (XFS, F2FS, ISO 9660, UDF, …) or missing
//      (fuseblk): f_fsid's second half is zero then;
//   3. TYPE and source, "nfs4 server:/export", where there is no device either (NFS, FUSE). Of several mounts of the
//      file system the one with the shortest source counts, then byte order. A kernel that passes on an NFS server's id
//      in f_fsid: 1;
//   4. TYPE and device number, "fuse 0:52", where the source does not name anything; lasts as long as the mount.
// overlayfs answers with the f_fsid of its upper layer, or since Linux 6.6 with one of its own; birth and sometimes
// inode number of a file change when it is copied up, which setting a mark does.
//
// FAT and exFAT give a file another inode number each time it is looked up afresh: files there have no place, and that
// is an error.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <expected>
#include <string>

#include "enforcer/resource/roots.h"
#include "enforcer/resource/thing.h"

namespace xenacm::resource {

// What statfs(2) and stat(2) say of a file system.
struct FileSystemFacts {
  std::int64_t type = 0;              // f_type
  std::array<std::uint32_t, 2> id{};  // f_fsid
  dev_t device = 0;                   // st_dev of its files
};

// What a loop device holds, in place of the device; anything else is returned as it is. The error: the backing file is
// gone, or cannot be looked at.
[[nodiscard]] std::expected<Thing, std::string> behind_loop(Thing thing, const Roots& roots);

// FILESYSTEM. The error: it has no name, or none that its files could be known by.
[[nodiscard]] std::expected<std::string, std::string> file_system_name(const FileSystemFacts& facts,
                                                                       const Roots& roots);

[[nodiscard]] std::expected<std::string, std::string> place_of_device(dev_t device, const Roots& roots);

// Of a file or block device; not of nothing.
[[nodiscard]] std::expected<std::string, std::string> place_of_thing(const Thing& thing, const Roots& roots);

}  // namespace xenacm::resource
