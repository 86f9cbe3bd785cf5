// SPDX-License-Identifier: Apache-2.0
// How the lines of defence ask: a request goes in, the answer comes when it is durable.
#pragma once

#include <expected>
#include <functional>

#include "enforcer/monitor/request.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

using Reply = std::expected<Verdict, Fault>;

// Called once, after verdict, change and audit record are durable, on the thread that asked's event loop. Where they
// could not be made durable the reply is a denial with Rule::unavailable.
using Answer = std::function<void(const Reply&)>;

// Never blocks. Requests are decided in the order of their submission.
using Submit = std::function<void(Request, Caller, Answer)>;

}  // namespace xenacm::monitor
