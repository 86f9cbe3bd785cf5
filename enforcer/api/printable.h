// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace xenacm::api {

// What a guest may have chosen, made fit for a terminal: control characters become '?'.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace xenacm::api
