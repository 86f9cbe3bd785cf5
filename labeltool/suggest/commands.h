// SPDX-License-Identifier: Apache-2.0
// The commands of suggestions, to be typed into a shell.
#pragma once

#include <string>
#include <vector>

namespace xenacm::labeltool::suggest {

// Quoted where a shell would read it otherwise.
[[nodiscard]] std::string shell_word(const std::string& text);

// `before` is the label that is there; empty: none.
[[nodiscard]] std::vector<std::string> relabel_domain(const std::string& domain, const std::string& before,
                                                      const std::string& label);

// "file:/a", "bridge:xenbr0", or "vif-0 of client1".
[[nodiscard]] std::vector<std::string> relabel_resource(const std::string& resource, bool labelled,
                                                        const std::string& label);

}  // namespace xenacm::labeltool::suggest
