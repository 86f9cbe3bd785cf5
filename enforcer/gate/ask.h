// SPDX-License-Identifier: Apache-2.0
// monitor::Submit for coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "enforcer/monitor/submit.h"

namespace xenacm::gate {

// Resumes on the coroutine's own executor once the answer is there; other coroutines run meanwhile.
[[nodiscard]] boost::asio::awaitable<monitor::Reply> ask(const monitor::Submit& submit, monitor::Request request,
                                                         monitor::Caller caller);

}  // namespace xenacm::gate
