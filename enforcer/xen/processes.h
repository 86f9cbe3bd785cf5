// SPDX-License-Identifier: Apache-2.0
// What the host's processes hold open, from /proc.
#pragma once

#include <set>
#include <vector>

#include "enforcer/xen/bypass.h"

namespace xenacm::xen {

// Those that hold one of the sockets, or /dev/xen/xenbus. What a process does meanwhile may be missed.
[[nodiscard]] std::vector<Process> holders_of(const std::set<SocketInode>& sockets);

// 0: there is no such process.
[[nodiscard]] std::uint64_t start_of(pid_t pid);

}  // namespace xenacm::xen
