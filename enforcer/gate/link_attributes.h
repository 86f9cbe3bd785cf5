// SPDX-License-Identifier: Apache-2.0
// What a link is made of, as the keys of its backend directory say (docs/gate.md, "Links").
//
//   vif                                     bridge, gatewaydev
//   vbd, vbd3, virtio_disk                  params: a device or file
//   qdisk                                   params: FORMAT:PATH
//   pci                                     dev-N: SSSS:BB:DD.F
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::gate {

using Values = std::map<std::string, std::string, std::less<>>;  // absolute path -> value

// `directory`: the class as the backend's path names it.
[[nodiscard]] bool is_attribute(std::string_view directory, std::string_view key);

// The device of a PCI address as toolstacks write it, 0000:04:00.0; the error says what it is instead.
[[nodiscard]] std::expected<monitor::ResourceName, std::string> parse_pci(std::string_view address);

// Puts what the values say of the link into it. Returned: the values among them that name nothing.
[[nodiscard]] std::vector<monitor::MalformedWrite> describe_link(const Values& values, monitor::AttachLink& attach);

}  // namespace xenacm::gate
