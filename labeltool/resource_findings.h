// SPDX-License-Identifier: Apache-2.0
// Labels of resources whose name and thing have come apart: resources --check and resources --repair.
#pragma once

#include <string>
#include <vector>

#include "labeltool/command.h"

namespace xenacm::labeltool {

// Prints what GET /v1/resources/check finds. Fails, without a message, where a label keeps its resource from being used
// or two labels contend for one: unreadable, contradictory, replaced, double. The others (orphan, unbound) are said and
// do no harm.
[[nodiscard]] Result check_resources(const Context& context);

// Without words: prints every finding with the commands that would mend it. NAME adopt, NAME forget_mark, NAME rename
// NEWNAME: does that one.
[[nodiscard]] Result repair_resources(const Context& context, const std::vector<std::string>& words);

}  // namespace xenacm::labeltool
