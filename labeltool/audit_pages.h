// SPDX-License-Identifier: Apache-2.0
// The audit log as the daemon hands it out, page by page.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/audit/verify.h"
#include "labeltool/command.h"

namespace xenacm::labeltool {

// The key that the daemon signs with.
[[nodiscard]] std::expected<audit::PublicKey, Failure> audit_key(const Context& context);

// Takes a line; false: it wants no more.
using TakeLine = std::function<bool(std::string_view)>;

// Number of the last record that went with a forgotten archive; 0: the log is there from its first record on.
[[nodiscard]] std::expected<std::int64_t, Failure> forgotten_up_to(const Context& context);

// All records after `after`, of the daemon; or of files, one after the other.
[[nodiscard]] Result for_each_line(const Context& context, std::int64_t after, const TakeLine& take);
[[nodiscard]] Result for_each_line(const std::vector<std::string>& files, const TakeLine& take);

// All checkpoints, and all records after `after`.
[[nodiscard]] Result feed_from_daemon(const Context& context, std::int64_t after, audit::Verifier& verifier);

}  // namespace xenacm::labeltool
