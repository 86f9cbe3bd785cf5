// SPDX-License-Identifier: Apache-2.0
// Ed25519: who has the key can sign, who has its public half can tell (docs/audit.md, "Checkpoints").
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using EVP_PKEY = struct evp_pkey_st;  // OpenSSL's

namespace xenacm::audit {

class PublicKey {
 public:
  // The error says what of the text is no Ed25519 public key.
  [[nodiscard]] static std::expected<PublicKey, std::string> from_pem(const std::string& text);
  // One or more, one after the other.
  [[nodiscard]] static std::expected<std::vector<PublicKey>, std::string> all_from_pem(const std::string& text);
  // Base64 of its DER form (SubjectPublicKeyInfo): what stands between the lines of a PEM text.
  [[nodiscard]] static std::optional<PublicKey> from_base64(const std::string& text);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string base64() const;
  // The first 16 hexadecimal digits of the SHA-256 of its DER form.
  [[nodiscard]] const std::string& id() const { return id_; }

  // `signature` is base64.
  [[nodiscard]] bool verify(std::string_view text, const std::string& signature) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::string der);

  std::string der_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

class SigningKey {
 public:
  [[nodiscard]] static SigningKey make();
  [[nodiscard]] static std::expected<SigningKey, std::string> from_pem(const std::string& text);

  [[nodiscard]] std::string pem() const;  // secret
  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] std::string sign(std::string_view text) const;  // base64

 private:
  explicit SigningKey(std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<EVP_PKEY> key_;
  PublicKey public_key_;
};

}  // namespace xenacm::audit
