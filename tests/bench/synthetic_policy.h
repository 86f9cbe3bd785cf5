// SPDX-License-Identifier: Apache-2.0
// Policies of any size to measure with.
#pragma once

#include <string>

namespace xenacm::bench {

// `types` STE and Chinese Wall types t0, t1, …, a label of each type's name with that type, a bootstrap label
// SystemManagement with all of them, and `conflict_sets` sets of two neighbouring types {t0, t1}, {t2, t3}, …
[[nodiscard]] std::string synthetic_policy(std::size_t types, std::size_t conflict_sets);
// The next version of it, in which label t0 is called u0.
[[nodiscard]] std::string synthetic_update(std::size_t types, std::size_t conflict_sets);

}  // namespace xenacm::bench
