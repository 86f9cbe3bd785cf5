// SPDX-License-Identifier: Apache-2.0
// Where the key that signs checkpoints is kept: a file in the state directory that its owner alone may read.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "enforcer/audit/signature.h"

namespace xenacm::audit {

inline constexpr const char* kKeyFile = "audit.key";

struct OpenedKey {
  SigningKey key;
  bool is_new = false;  // made now, for there was none
};

// The key of a state directory; makes one where there is none, and never writes over one. The error says what is wrong
// with the one that is there: not a plain file, of another owner, open to others, no key.
[[nodiscard]] std::expected<OpenedKey, std::string> open_key(const std::filesystem::path& state_dir);

}  // namespace xenacm::audit
