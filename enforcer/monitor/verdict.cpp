// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

std::string_view to_text(Decision decision) {
  switch (decision) {
    case Decision::allow:
      return "allow";
    case Decision::deny:
      return "deny";
    case Decision::would_deny:
      return "would-deny";
  }
  return {};
}

std::string_view to_text(Rule rule) {
  switch (rule) {
    case Rule::label:
      return "label";
    case Rule::authorization:
      return "authorization";
    case Rule::chinese_wall:
      return "chinese-wall";
    case Rule::ste:
      return "ste";
    case Rule::resource:
      return "resource";
    case Rule::integrity:
      return "integrity";
    case Rule::unavailable:
      return "unavailable";
  }
  return {};
}

std::string_view to_text(Mend mend) {
  switch (mend) {
    case Mend::adopt:
      return "adopt";
    case Mend::rename:
      return "rename";
    case Mend::forget_mark:
      return "forget_mark";
  }
  return {};
}

std::string_view to_text(Mode mode) { return mode == Mode::enforcing ? "enforcing" : "permissive"; }

}  // namespace xenacm::monitor
