// SPDX-License-Identifier: Apache-2.0
// What a destroyed domain's toolstack leaves in the store: it removes its nodes only where it destroys the domain
// itself.
#pragma once

#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// `present`: the domains that may serve it devices.
void remove_remains(xen::Xenstore& store, monitor::DomId domid, const std::vector<monitor::DomId>& present);

}  // namespace xenacm::guard
