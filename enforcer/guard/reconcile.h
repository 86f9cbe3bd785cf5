// SPDX-License-Identifier: Apache-2.0
// What the hypervisor has, held against what the ledger says runs. Pure. A domain is told by id and uuid together, so
// that an id used again, or a reboot of the host, is noticed.
#pragma once

#include <vector>

#include "enforcer/monitor/delta.h"
#include "enforcer/xen/hypervisor.h"

namespace xenacm::guard {

// Recorded, but not present. `known` has to be older than `present`: a domain recorded after the hypervisor was asked
// would be taken for stopped.
[[nodiscard]] std::vector<monitor::RunningDomain> stopped(const std::vector<monitor::RunningDomain>& known,
                                                          const std::vector<xen::DomainInfo>& present);

// Present, but not recorded, and not about to be gone. `known` has to be newer than `present`: a domain admitted before
// the ledger was asked is no stranger.
[[nodiscard]] std::vector<xen::DomainInfo> strangers(const std::vector<xen::DomainInfo>& present,
                                                     const std::vector<monitor::RunningDomain>& known);

}  // namespace xenacm::guard
