// SPDX-License-Identifier: Apache-2.0
// The public key whose owner alone may set policies (docs/policy-change.md, "Signed policies").
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "enforcer/audit/signature.h"

namespace xenacm::daemon {

class PolicyKey {
 public:
  // Of a PEM file; the error names it.
  [[nodiscard]] static std::expected<PolicyKey, std::string> read(const std::filesystem::path& file);

  // Why a policy must not be set: no signature, or not this document's by this key. `signature` is base64; empty: none.
  [[nodiscard]] std::optional<std::string> distrust(const std::string& document, const std::string& signature) const;

 private:
  PolicyKey(std::filesystem::path file, audit::PublicKey key) : file_(std::move(file)), key_(std::move(key)) {}

  std::filesystem::path file_;
  audit::PublicKey key_;
};

}  // namespace xenacm::daemon
