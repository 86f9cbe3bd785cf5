// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/reconcile.h"

#include <algorithm>
#include <iterator>

namespace xenacm::guard {

namespace {

template <class Domain, class Domains>
bool is_among(const Domain& domain, const Domains& domains) {
  return std::ranges::any_of(domains, [&](const auto& b) { return b.domid == domain.domid && b.uuid == domain.uuid; });
}

}  // namespace

std::vector<monitor::RunningDomain> stopped(const std::vector<monitor::RunningDomain>& known,
                                            const std::vector<xen::DomainInfo>& present) {
  std::vector<monitor::RunningDomain> gone;
  std::ranges::copy_if(known, std::back_inserter(gone), [&](const monitor::RunningDomain& domain) {
    return domain.domid != monitor::kDomain0 && !is_among(domain, present);
  });
  return gone;
}

std::vector<xen::DomainInfo> strangers(const std::vector<xen::DomainInfo>& present,
                                       const std::vector<monitor::RunningDomain>& known) {
  std::vector<xen::DomainInfo> found;
  std::ranges::copy_if(present, std::back_inserter(found), [&](const xen::DomainInfo& domain) {
    return domain.domid != monitor::kDomain0 && !domain.dying() && !is_among(domain, known);
  });
  return found;
}

}  // namespace xenacm::guard
