// SPDX-License-Identifier: Apache-2.0
// Is this well-formed XML? Inside policy/ only.
//
// pugixml builds the tree but takes much that XML forbids: an attribute given twice, an undefined entity, two root
// elements. What is accepted here is XML 1.0, so that every reader of the document sees the same policy in it.
#pragma once

#include <optional>
#include <string_view>

#include "policy/source_text.h"

namespace xenacm::policy {

// The first fault of the document: well-formedness of XML 1.0 without DTD, and no DOCTYPE at all. Precondition: no byte
// order mark, find_bad_character found nothing. Beyond ASCII all characters may stand in the names of elements and
// attributes: the schema knows no such name.
[[nodiscard]] std::optional<TextFault> find_markup_fault(std::string_view document);

}  // namespace xenacm::policy
