// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/policy_key.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace xenacm::daemon {

std::expected<PolicyKey, std::string> PolicyKey::read(const std::filesystem::path& file) {
  const std::string what = "policy.trusted_key " + file.string();
  std::ifstream stream(file);
  if (!stream) return std::unexpected(what + ": " + std::strerror(errno));
  auto key = audit::PublicKey::from_pem({std::istreambuf_iterator<char>(stream), {}});
  if (!key) {
    return std::unexpected(what + ": " + key.error() +
                           ". Make one: openssl genpkey -algorithm ed25519 -out policy.key, then openssl pkey -in "
                           "policy.key -pubout -out policy.pub");
  }
  return PolicyKey(file, *std::move(key));
}

std::optional<std::string> PolicyKey::distrust(const std::string& document, const std::string& signature) const {
  if (!signature.empty() && key_.verify(document, signature)) return std::nullopt;
  const std::string fault = signature.empty() ? "The policy is not signed"
                                              : "The policy's signature is not this document's by the trusted key";
  return fault + "; this host takes only policies that the owner of " + file_.string() +
         " signed. Sign it: openssl pkeyutl -sign -rawin -inkey KEY -in POLICY.xml -out POLICY.xml.sig.";
}

}  // namespace xenacm::daemon
