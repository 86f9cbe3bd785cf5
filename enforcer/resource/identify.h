// SPDX-License-Identifier: Apache-2.0
// What stands behind the name of a resource (docs/resources.md).
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "enforcer/monitor/resource.h"
#include "enforcer/resource/roots.h"
#include "enforcer/resource/thing.h"

namespace xenacm::resource {

// phy:, file: and tap:, of this host. Other kinds have no identity.
[[nodiscard]] bool names_a_disk(const monitor::ResourceName& name);

// Looks what is at the name. May block for as long as a file system does.
//
// name       of file: and tap: names the real path, as far as it exists, unless a block device is there. Names of block
//            devices stay as they are: the real path of /dev/vg/disk is /dev/dm-3, which is another disk after the next
//            start.
// identity   of a regular file: place (place.h), birth from statx(2), mark from the extended attribute; of a block
//            device its place. A loop device has the identity of its backing file. All of it is asked of one open
//            inode, and the name is a path of that inode's at the time. None where nothing is there.
// trouble    something is there that is no disk, or that cannot be looked at; a mark that is damaged.
[[nodiscard]] monitor::Resource identify(const monitor::ResourceName& name, const Roots& roots = {});

// What comes after the look: what is said of a thing that was found at the name. None: it has left its path since, look
// again. The error is the trouble.
[[nodiscard]] std::expected<std::optional<monitor::Resource>, std::string> resource_of(
    const monitor::ResourceName& name, Thing thing, const Roots& roots);

}  // namespace xenacm::resource
