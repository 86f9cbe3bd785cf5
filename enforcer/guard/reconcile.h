// SPDX-License-Identifier: Apache-2.0
// What the hypervisor has, held against what the ledger says runs. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/delta.h"
#include "enforcer/xen/hypervisor.h"

namespace xenacm::guard {

// The name of a domain that its toolstack has built; none for one that is still being made.
using NameOf = std::function<std::optional<std::string>(monitor::DomId)>;

// A domain that is recorded but not present has stopped; one that is present and built, but not recorded, is adopted. A
// domain is told by id and uuid together, so that an id used again, or a reboot of the host, is noticed.
//
// `known` has to be older than `present`: a domain recorded after the hypervisor was asked would be taken for stopped.
[[nodiscard]] std::vector<monitor::Request> reconcile(const std::vector<monitor::RunningDomain>& known,
                                                      const std::vector<xen::DomainInfo>& present,
                                                      const NameOf& name_of);

}  // namespace xenacm::guard
