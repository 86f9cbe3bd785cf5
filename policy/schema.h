// SPDX-License-Identifier: Apache-2.0
// Holds a document against the grammar, as a validator holds it against schemas/security_policy.xsd. Inside policy/
// only.
#pragma once

#include "policy/document.h"
#include "policy/findings.h"

namespace xenacm::policy {

// False where nothing below the root can be made sense of.
bool validate(const Document& document, Findings& findings);

}  // namespace xenacm::policy
