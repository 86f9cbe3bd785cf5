// SPDX-License-Identifier: Apache-2.0
#include "policy/diagnostic.h"

#include <algorithm>

namespace xenacm::policy {

std::string_view describe(Code code) {
  switch (code) {
    case Code::xml_processing:
      return "Error while processing XML";
    case Code::bad_xml:
      return "XML is malformed";
    case Code::bad_policy_name:
      return "The policy has an invalid name";
    case Code::bad_label:
      return "The label is bad";
    case Code::inconsistent:
      return "Policy has inconsistencies";
    case Code::has_duplicates:
      return "Duplicate labels or types in policy";
    case Code::bad_conflict_set:
      return "There is a bad conflict set";
  }
  return "Unknown code";
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

std::string to_text(const Diagnostic& diagnostic, std::string_view file) {
  std::string text(file);
  if (diagnostic.at.line != 0) {
    text += ":" + std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column);
  }
  text += diagnostic.severity == Severity::error ? ": error: " : ": warning: ";
  return text + diagnostic.message;
}

}  // namespace xenacm::policy
