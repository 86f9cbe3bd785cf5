// SPDX-License-Identifier: Apache-2.0
// What is wrong with a policy document, and where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/model.h"

namespace xenacm::policy {

// The classes of acm.md 7 that a policy document can fall into.
enum class Code {
  xml_processing,    // not well-formed XML
  bad_xml,           // well-formed, but not what the schema says
  bad_policy_name,   // V3
  bad_label,         // V4, V7, V8
  inconsistent,      // V5
  has_duplicates,    // V6
  bad_conflict_set,  // V9, decisions.md 4 and 5
};

// "Policy has inconsistencies" and its like: the words of acm.md 7.
[[nodiscard]] std::string_view describe(Code code);

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  Code code = Code::bad_xml;
  Position at;
  std::string message;
};

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] bool has_errors(const Diagnostics& diagnostics);

// "FILE:LINE:COLUMN: error: MESSAGE".
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic, std::string_view file);

}  // namespace xenacm::policy
