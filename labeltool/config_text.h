// SPDX-License-Identifier: Apache-2.0
// The access_control entry in the text of an xl configuration (acm.md 5, addlabel and rmlabel dom).
//
//   configuration = { [ statement ] ( newline | ";" ) }
//   statement     = NAME ( "=" | "+=" ) ( STRING | NUMBER | list )
//   list          = "[" … "]"        over as many lines as it likes, lists within lists
//   STRING        = "…" | '…'        on one line, with backslashes before quotes
//   comment       = "#" to the end of the line, which must not be the end of the file
#pragma once

#include <string>

namespace xenacm::labeltool {

// The text with an access_control line at its end; nothing else changes.
[[nodiscard]] std::string with_label(const std::string& text, const std::string& policy, const std::string& label);

// The text with its access_control statements commented out. What shares a line with one gets a line of its own;
// nothing else changes.
[[nodiscard]] std::string without_label(const std::string& text);

}  // namespace xenacm::labeltool
