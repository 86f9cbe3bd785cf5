// SPDX-License-Identifier: Apache-2.0
// Steps and devices in words.
#pragma once

#include <string>

#include "labeltool/scenario/step.h"

namespace xenacm::labeltool::scenario {

// "start", "setpolicy": the step's `do`.
[[nodiscard]] std::string word_of(const Deed& deed);

// Whom or what a step is about: "client1", "client1 vif -> nicdom (xenbr0)", "file:/vm/d1.img (A-Bank)". A start's
// label is not part of it.
[[nodiscard]] std::string subject_of(const Deed& deed);

// "disk phy:/dev/vg/a", "vif -> nicdom (xenbr0)", "pci 0000:04:00.0", "9pfs -> nicdom".
[[nodiscard]] std::string device_text(const Device& device);

// As xenstore names it.
[[nodiscard]] std::string class_of(const Device& device);
[[nodiscard]] const monitor::DomainName& backend_of(const Device& device);

// The name under which a disk or PCI device carries its label: "phy@nicdom:/dev/a". None of other devices.
[[nodiscard]] std::optional<monitor::ResourceName> resource_of(const Device& device);

}  // namespace xenacm::labeltool::scenario
