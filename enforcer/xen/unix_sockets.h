// SPDX-License-Identifier: Apache-2.0
// The host's established Unix connections, from the kernel (NETLINK_SOCK_DIAG).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "enforcer/xen/bypass.h"

namespace xenacm::xen {

// Of this network namespace. Names as they were bound. The error: the kernel cannot tell, and what it lacks.
[[nodiscard]] std::expected<std::vector<UnixSocket>, std::string> established_unix_sockets();

}  // namespace xenacm::xen
