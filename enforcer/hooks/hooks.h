// SPDX-License-Identifier: Apache-2.0
// One function a toolstack: `words` are those after its name on the command line.
#pragma once

#include <string>
#include <vector>

#include "enforcer/hooks/question.h"
#include "enforcer/hooks/settings.h"

namespace xenacm::hooks {

[[nodiscard]] Outcome libvirt_domain_hook(const Settings& settings, const std::vector<std::string>& words);
[[nodiscard]] Outcome libvirt_network_hook(const Settings& settings, const std::vector<std::string>& words);
[[nodiscard]] Outcome xapi_hook(const Settings& settings, const std::vector<std::string>& words);
[[nodiscard]] Outcome pre_create_hook(const Settings& settings, const std::vector<std::string>& words);
[[nodiscard]] Outcome pre_attach_hook(const Settings& settings, const std::vector<std::string>& words);

}  // namespace xenacm::hooks
