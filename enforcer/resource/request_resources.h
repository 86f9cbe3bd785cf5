// SPDX-License-Identifier: Apache-2.0
// Which resources of a request are to be looked at.
#pragma once

#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::resource {

// Files and block devices of this host: disks of a start and of a link where Domain-0 is the backend, what is labelled
// or unlabelled, what is mended. A driver domain's disks are on a host of their own.
[[nodiscard]] std::vector<monitor::Resource*> to_look_at(monitor::Request& request);

}  // namespace xenacm::resource
