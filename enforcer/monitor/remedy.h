// SPDX-License-Identifier: Apache-2.0
// Commands that remedies name, as they are typed into a shell: names of resources are quoted where they need it.
#pragma once

#include <string>

#include "enforcer/monitor/resource_name.h"

namespace xenacm::monitor::remedy {

// "labeltool addlabel LABEL res NAME"
[[nodiscard]] std::string addlabel(const ResourceName& name);
// "labeltool rmlabel res NAME"
[[nodiscard]] std::string rmlabel(const ResourceName& name);
// "labeltool resources --repair NAME HOW"; `how` is "adopt", "forget_mark" or "rename NEWNAME".
[[nodiscard]] std::string repair(const ResourceName& name, const std::string& how);
[[nodiscard]] std::string rename(const ResourceName& name, const ResourceName& to);

}  // namespace xenacm::monitor::remedy
