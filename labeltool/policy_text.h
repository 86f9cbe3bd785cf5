// SPDX-License-Identifier: Apache-2.0
// The enforced policy, as getpolicy and setpolicy show it (acm.md 5, getpolicy).
#pragma once

#include "labeltool/command.h"

namespace xenacm::labeltool {

[[nodiscard]] Result print_policy(const Context& context, bool with_document);

}  // namespace xenacm::labeltool
