// SPDX-License-Identifier: Apache-2.0
// The audit log as the daemon hands it out, page by page.
#pragma once

#include "enforcer/audit/verify.h"
#include "labeltool/command.h"

namespace xenacm::labeltool {

// The key that the daemon signs with.
[[nodiscard]] std::expected<audit::PublicKey, Failure> audit_key(const Context& context);

// All checkpoints, and all records after `after`.
[[nodiscard]] Result feed_from_daemon(const Context& context, unsigned after, audit::Verifier& verifier);

}  // namespace xenacm::labeltool
