// SPDX-License-Identifier: Apache-2.0
// SELinux's answers: a policy compiled by secilc, and asked through libsepol.
#pragma once

#include <string>

namespace xenacm::selinux {

// Makes `cil` the policy that is asked; libsepol knows one at a time. Throws std::runtime_error where it does not
// compile.
void load(const std::string& cil);

// Whether a subject of one security context may share with an object of another.
[[nodiscard]] bool may_share(const std::string& subject, const std::string& object);

}  // namespace xenacm::selinux
