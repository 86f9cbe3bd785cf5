// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/iommu.h"

#include <cerrno>
#include <cstring>
#include <memory>

extern "C" {
#include <xenctrl.h>
}

namespace xenacm::xen {

std::expected<bool, std::string> has_iommu() {
  struct Close {
    void operator()(xc_interface* handle) const { xc_interface_close(handle); }
  };
  const std::unique_ptr<xc_interface, Close> handle(xc_interface_open(nullptr, nullptr, 0));
  xc_physinfo_t info{};
  if (!handle || xc_physinfo(handle.get(), &info) != 0) {
    return std::unexpected(std::string("the hypervisor cannot be asked: ") + std::strerror(errno));
  }
  return (info.capabilities & XEN_SYSCTL_PHYSCAP_directio) != 0;
}

}  // namespace xenacm::xen
