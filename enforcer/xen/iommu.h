// SPDX-License-Identifier: Apache-2.0
// Whether Xen keeps passed-through devices to the memory of their domains.
#pragma once

#include <expected>
#include <string>

namespace xenacm::xen {

[[nodiscard]] std::expected<bool, std::string> has_iommu();

}  // namespace xenacm::xen
