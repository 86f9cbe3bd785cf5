// SPDX-License-Identifier: Apache-2.0
// What the kernel and udev know of a block device.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "enforcer/resource/roots.h"

namespace xenacm::resource {

struct Partition {
  dev_t disk = 0;
  std::string number;
};

struct BlockDevice {
  std::string number;  // "8:1"; given out anew at every start of the host, and when devices come and go
  // A name that stays: the uuid that device-mapper was given (LVM's, a crypt device's, a multipath's), else the best
  // link in /dev/disk/by-id that leads to the device. Empty: it has none.
  std::string stable_name;
  std::optional<std::filesystem::path> backing_file;  // of a loop device in use
  std::optional<Partition> partition;
};

// "MAJOR:MINOR".
[[nodiscard]] std::string device_number(dev_t device);

// The best link: of the first of these kinds that the device has, wwn-, nvme-eui., nvme-uuid., nvme-, scsi-3 (an NAA
// name), scsi-2 (EUI-64), scsi-, ata-, virtio-, md-uuid-, else of any; among those of one kind the first in byte order.
// The error: the kernel has no such device, or does not say what it is.
[[nodiscard]] std::expected<BlockDevice, std::string> block_device(dev_t device, const Roots& roots);

}  // namespace xenacm::resource
