// SPDX-License-Identifier: Apache-2.0
// What a call of the system refused, in words. Inside enforcer/gate/ only.
#pragma once

#include <cstring>
#include <expected>
#include <string>

namespace xenacm::gate {

using Failure = std::unexpected<std::string>;

// "can not bind /run/xenstored/socket: Permission denied"
[[nodiscard]] inline Failure failure(const std::string& what, int error) {
  return Failure(what + ": " + std::strerror(error));
}

}  // namespace xenacm::gate
