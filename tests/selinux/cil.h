// SPDX-License-Identifier: Apache-2.0
// A policy's STE types as a policy of SELinux, in its Common Intermediate Language: each label is a type, each STE type
// an attribute of the labels that carry it, and those that have an attribute in common may share.
#pragma once

#include <cstddef>
#include <string>

#include "policy/model.h"

namespace xenacm::selinux {

// The security contexts of the policy's VM labels and resource labels, by their place in the document.
[[nodiscard]] std::string vm_context(std::size_t label);
[[nodiscard]] std::string resource_context(std::size_t label);

inline constexpr const char* kClass = "domain";
inline constexpr const char* kPermission = "share";

[[nodiscard]] std::string to_cil(const policy::Policy& policy);

}  // namespace xenacm::selinux
