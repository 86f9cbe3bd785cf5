// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of a Unix socket.
#pragma once

#include <string>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::xen {

// From SO_PEERCRED, with the program of /proc/PID/exe as it is now (empty if it cannot be told).
[[nodiscard]] monitor::Caller peer_of(int socket, std::string via);

// Whether the peer belongs to the group, by its own gid or a supplementary one (SO_PEERGROUPS).
[[nodiscard]] bool peer_in_group(int socket, const monitor::Caller& peer, const std::string& group);

}  // namespace xenacm::xen
