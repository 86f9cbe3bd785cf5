// SPDX-License-Identifier: Apache-2.0
// Bytes of clients in log lines and audit records.
#pragma once

#include <string>
#include <string_view>

namespace xenacm::gate {

// Printable ASCII, '?' for everything else, so that no value writes a line of its own; cut off where it is long.
[[nodiscard]] std::string printable(std::string_view bytes);

}  // namespace xenacm::gate
