// SPDX-License-Identifier: Apache-2.0
// The rules a policy must keep beyond its schema (acm.md 1.2 as ruled by decisions.md 4-7).
#pragma once

#include <cstddef>

#include "policy/diagnostic.h"
#include "policy/model.h"

namespace xenacm::policy {

struct Declared;

// Labels, types and conflict sets of a policy, of each kind at most this many: what the 16-bit indices of acm.md 8
// held.
inline constexpr std::size_t kMaxDeclared = 65'535;
// Tables are dense, one bit for each label and each type: together at most this many bits (256 MiB).
inline constexpr std::size_t kMaxTableBits = std::size_t{1} << 31;

// In the order of the document. Errors: V5 to V8; an undeclared type in a conflict set; a label with two types of one
// conflict set; a rename of a label that stays; a reserved policy name; more than the bounds above. The forms of names
// (V3, V4, V9) are a part of the schema, which `parse` checks.
[[nodiscard]] Diagnostics check(const Policy& policy);
[[nodiscard]] Diagnostics check(const Policy& policy, const Declared& declared);

}  // namespace xenacm::policy
