// SPDX-License-Identifier: Apache-2.0
// A signed statement of where the audit log stood: which hash its record N had (docs/audit.md, "Checkpoints").
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/signature.h"

namespace xenacm::audit {

// The newest checkpoint, in the state directory beside the ledger: an older ledger put in place does not take it along.
inline constexpr const char* kHeadFile = "audit-head.json";

struct Checkpoint {
  std::int64_t seq = 0;
  Hash hash{};  // of that record
  std::chrono::microseconds time{0};
  PublicKey key;                // that it names
  bool signature_fits = false;  // and that has signed it
};

// One line of canonical JSON (RFC 8785), without a line break. The signature is over the same text without "signature".
[[nodiscard]] std::string sign_checkpoint(std::int64_t seq, const Hash& hash, std::chrono::microseconds time,
                                          const SigningKey& key);

// White space and order of the members do not count. The error: what of the text is no checkpoint. A signature that
// does not fit is no error, but said.
[[nodiscard]] std::expected<Checkpoint, std::string> parse_checkpoint(std::string_view text);

}  // namespace xenacm::audit
