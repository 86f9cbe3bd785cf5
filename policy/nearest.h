// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the declared name that a misspelt one is closest to. Inside policy/ only.
#pragma once

#include <string_view>

#include "policy/name_index.h"

namespace xenacm::policy {

// At most two letters added, lost, changed or swapped with their neighbour. Null where no name is that close, or there
// are too many names to look through for a hint.
[[nodiscard]] const Name* nearest(const NameIndex& names, std::string_view misspelt);

}  // namespace xenacm::policy
