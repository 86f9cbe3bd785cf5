// SPDX-License-Identifier: Apache-2.0
// What the backend's domain is told of a link that it serves (docs/driver-domains.md): below its backend directory, in
// nodes that Domain-0 writes and the backend's domain reads.
//
//   …/xenacm/verdict          allow, or deny while the link is being cut
//   …/xenacm/frontend-label   ACM:POLICY:LABEL of the frontend's domain
//   …/xenacm/link-label       of the vif, its bridge or NIC, or its disk or PCI device, where there is one
//   …/xenacm/reason           of a denial: one line
#pragma once

#include <string>

#include "enforcer/guard/asking.h"
#include "enforcer/guard/ends.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// Where the directory is a back end of links that are all recorded, and does not say so yet.
void publish(xen::Xenstore& store, const Recorded& recorded, const std::string& directory, const Reading& reading);

void publish_denial(xen::Xenstore& store, const std::string& directory, const std::string& reason);

}  // namespace xenacm::guard
