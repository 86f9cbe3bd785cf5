// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/rule_names.h"

#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

const std::array<std::string_view, kRuleCount>& rule_names() {
  static const std::array<std::string_view, kRuleCount> names{
      to_text(Rule::label),    to_text(Rule::authorization), to_text(Rule::chinese_wall), to_text(Rule::ste),
      to_text(Rule::resource), to_text(Rule::integrity),     to_text(Rule::unavailable)};
  return names;
}

}  // namespace xenacm::monitor
