// SPDX-License-Identifier: Apache-2.0
// A record as journald and syslog show it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/record.h"

namespace xenacm::outputs {

// Names in lower case, the long ones last. What is empty is left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> fields_of(const audit::Record& record,
                                                                         const audit::Hash& hash);

// One line for people: "deny start client2 (B-Bank): the Chinese Wall types …".
[[nodiscard]] std::string sentence_of(const audit::Record& record);

// Of syslog(3): LOG_WARNING for refusals, alarms and what went wrong, else LOG_NOTICE.
[[nodiscard]] int priority_of(const audit::Record& record);

// Without bytes that end a line or steer a terminal, and without bare quotes: they become \n, \", \x1b.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace xenacm::outputs
