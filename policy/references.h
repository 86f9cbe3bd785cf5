// SPDX-License-Identifier: Apache-2.0
// References in XML text: &amp; &#65; &#x41;. Inside policy/ only.
#pragma once

#include <optional>
#include <string_view>

#include "policy/source_text.h"

namespace xenacm::policy {

// The first '&' in the text of an element or an attribute that begins no reference to a character of XML, its offset in
// `text`. Without a DOCTYPE there are five named ones.
[[nodiscard]] std::optional<TextFault> find_reference_fault(std::string_view text);

}  // namespace xenacm::policy
