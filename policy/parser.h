// SPDX-License-Identifier: Apache-2.0
// XML document -> Policy. Pure: reads no file, no clock, no environment.
#pragma once

#include <string_view>

#include "policy/diagnostic.h"
#include "policy/model.h"

namespace xenacm::policy {

struct Parsed {
  Policy policy;            // as far as it could be read
  Diagnostics diagnostics;  // in the order of the document
};

// Reads the document against the schema of acm.md 1.1 (schemas/security_policy.xsd says the same) and reports
// everything that is wrong with it, not the first fault alone. Of a document that is not well-formed only the first
// fault is known.
[[nodiscard]] Parsed parse(std::string_view source);

}  // namespace xenacm::policy
