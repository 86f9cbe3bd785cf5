// SPDX-License-Identifier: Apache-2.0
// Which resources of a request are to be looked at.
#pragma once

#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::resource {

struct ToLookAt {
  monitor::Resource* resource;  // of the request
  // The name stays as it was typed: it is that of a record, which has to be found although the path leads elsewhere
  // now.
  bool keeps_name = false;
};

// Files and block devices of this host: disks of a start and of a link where Domain-0 is the backend, what is labelled
// or unlabelled, what is mended. A driver domain's disks are on a host of their own.
[[nodiscard]] std::vector<ToLookAt> to_look_at(monitor::Request& request);

}  // namespace xenacm::resource
