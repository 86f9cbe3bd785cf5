// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of a Unix socket.
#pragma once

#include "enforcer/monitor/request.h"

namespace xenacm::gate {

// For the audit record, via = "gate". The executable is empty if the process is gone already or /proc does not tell.
[[nodiscard]] monitor::Caller caller_at(int socket);

}  // namespace xenacm::gate
