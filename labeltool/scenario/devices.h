// SPDX-License-Identifier: Apache-2.0
// Disks, vifs, PCI devices and links as a scenario file writes them.
#pragma once

#include <optional>
#include <vector>

#include "labeltool/scenario/keys.h"
#include "labeltool/scenario/step.h"

namespace xenacm::labeltool::scenario {

// disks, vifs and pci of a start step.
[[nodiscard]] std::vector<Device> take_devices(Keys& keys);

// The one of disk, vif, pci and link that an attach or detach step names. None: said to be an error.
[[nodiscard]] std::optional<Device> take_device(Keys& keys);

// The resource of a label or unlabel step, by its canonical name; empty: said to be an error.
[[nodiscard]] monitor::ResourceName take_resource(Keys& keys);

}  // namespace xenacm::labeltool::scenario
