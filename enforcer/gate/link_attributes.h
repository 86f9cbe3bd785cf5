// SPDX-License-Identifier: Apache-2.0
// What a link is made of, as the keys of its backend directory say (docs/gate.md, "Links").
//
//   vif                                     bridge, gatewaydev
//   vbd, vbd3, virtio_disk                  params: a device or file
//   qdisk                                   params: FORMAT:PATH
//   pci                                     dev-N: SSSS:BB:DD.F
#pragma once

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

// Puts what the values say of the link into it. Returned: the values among them that name nothing.
[[nodiscard]] std::vector<monitor::MalformedWrite> describe_link(const Values& values, monitor::AttachLink& attach);

}  // namespace xenacm::gate
