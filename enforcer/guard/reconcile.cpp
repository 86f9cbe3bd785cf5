// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/reconcile.h"

#include <algorithm>

namespace xenacm::guard {

std::vector<monitor::Request> reconcile(const std::vector<monitor::RunningDomain>& known,
                                        const std::vector<xen::DomainInfo>& present, const NameOf& name_of) {
  const auto same = [](const auto& a) {
    return [&a](const auto& b) { return a.domid == b.domid && a.uuid == b.uuid; };
  };
  std::vector<monitor::Request> requests;
  for (const monitor::RunningDomain& domain : known) {
    if (domain.domid == monitor::kDomain0 || std::ranges::any_of(present, same(domain))) continue;
    requests.emplace_back(monitor::StopDomain{.domid = domain.domid, .uuid = domain.uuid});
  }
  for (const xen::DomainInfo& domain : present) {
    if (domain.domid == monitor::kDomain0 || std::ranges::any_of(known, same(domain))) continue;
    if (auto name = name_of(domain.domid)) {
      requests.emplace_back(monitor::AdoptDomain{domain.domid, domain.uuid, monitor::DomainName(*std::move(name))});
    }
  }
  return requests;
}

}  // namespace xenacm::guard
