// SPDX-License-Identifier: Apache-2.0
// For coroutines that last as long as the gate: what they throw ends the event loop, and with it the daemon, whose
// keeper refuses from there on. asio::detached would drop it, and nobody would accept connections any more.
#pragma once

#include <exception>

namespace xenacm::gate {

inline void end_the_loop(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace xenacm::gate
