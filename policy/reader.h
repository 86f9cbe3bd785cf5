// SPDX-License-Identifier: Apache-2.0
// XML tree -> Policy. Inside policy/ only.
#pragma once

#include "policy/document.h"
#include "policy/model.h"

namespace xenacm::policy {

// Takes what it finds by the name of the element and passes over all else: what does not fit the schema is reported by
// `validate`, and no policy with a reported error is ever put in force.
[[nodiscard]] Policy read(const Document& document);

}  // namespace xenacm::policy
