// SPDX-License-Identifier: Apache-2.0
// What a policy may say, but hardly means (docs/checkpolicy.md). The daemon does not ask: what is legal it accepts.
#pragma once

#include <string_view>

#include "policy/diagnostic.h"
#include "policy/tables.h"

namespace xenacm::policy {

// Warnings in the order of the document; none that `check` gives too. Precondition: check(policy) found no error, and
// `tables` were compiled from it.
[[nodiscard]] Diagnostics lint(const Policy& policy, const Tables& tables);

// All that is to be said of a document, in its order: what compile_document reports and, where that is no error, what
// lint adds.
[[nodiscard]] Diagnostics examine(std::string_view document);

}  // namespace xenacm::policy
