// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <utility>

#include "enforcer/audit/chain.h"

namespace xenacm::audit {

namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kIdDigits = 16;
constexpr std::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----";

Key owned(EVP_PKEY* key) { return {key, &EVP_PKEY_free}; }

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

// INVARIANT: only for want of memory does OpenSSL not make one of these.
template <class Object>
Object made(Object object) {
  if (object == nullptr) throw std::bad_alloc();
  return object;
}

Context fresh_context() { return made(Context(EVP_MD_CTX_new(), &EVP_MD_CTX_free)); }

Bio reader_of(const std::string& text) {
  return made(Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free));
}

// Nobody is there to be asked for one.
int no_passphrase(char*, int, int, void*) { return -1; }

bool is_ed25519(const Key& key) { return key != nullptr && EVP_PKEY_is_a(key.get(), "ED25519") == 1; }

std::string der_of(const Key& key) {
  std::uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) throw std::runtime_error("OpenSSL does not encode a public key");
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

Key key_of_der(const std::string& der) {
  const std::uint8_t* begin = bytes_of(der);
  Key key = owned(d2i_PUBKEY(nullptr, &begin, static_cast<long>(der.size())));
  // Nothing may follow it: one key has one form, and one id.
  return is_ed25519(key) && begin == bytes_of(der) + der.size() ? key : nullptr;
}

std::string base64_of(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<std::uint8_t*>(text.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> bytes_of_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes_of(text), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  // What is written in another way is not ours.
  return base64_of(bytes) == text ? std::optional(bytes) : std::nullopt;
}

std::string id_of(const std::string& der) {
  Hash hash{};
  if (EVP_Digest(der.data(), der.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL does not compute SHA-256");
  }
  return to_hex(hash).substr(0, kIdDigits);
}

}  // namespace

PublicKey::PublicKey(std::string der) : der_(std::move(der)), id_(id_of(der_)), key_(made(key_of_der(der_))) {}

std::expected<PublicKey, std::string> PublicKey::from_pem(const std::string& text) {
  const Bio bio = reader_of(text);
  const Key key = owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!is_ed25519(key)) return std::unexpected("it is not an Ed25519 public key in PEM form");
  return PublicKey(der_of(key));
}

std::expected<std::vector<PublicKey>, std::string> PublicKey::all_from_pem(const std::string& text) {
  std::vector<PublicKey> keys;
  std::size_t at = text.find(kPemBegin);
  do {
    const std::size_t next = at == std::string::npos ? at : text.find(kPemBegin, at + 1);
    auto key = from_pem(at == std::string::npos ? text : text.substr(at, next == std::string::npos ? next : next - at));
    if (!key) return std::unexpected(std::move(key.error()));
    keys.push_back(*std::move(key));
    at = next;
  } while (at != std::string::npos);
  return keys;
}

std::optional<PublicKey> PublicKey::from_base64(const std::string& text) {
  const auto der = bytes_of_base64(text);
  if (!der || key_of_der(*der) == nullptr) return std::nullopt;
  return PublicKey(*der);
}

std::string PublicKey::pem() const { return std::string(kPemBegin) + "\n" + base64() + "\n-----END PUBLIC KEY-----\n"; }

std::string PublicKey::base64() const { return base64_of(der_); }

bool PublicKey::verify(std::string_view text, const std::string& signature) const {
  const auto bytes = bytes_of_base64(signature);
  if (!bytes || bytes->size() != kSignatureBytes) return false;
  const Context checking = fresh_context();
  return EVP_DigestVerifyInit(checking.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(checking.get(), bytes_of(*bytes), bytes->size(), bytes_of(text), text.size()) == 1;
}

SigningKey::SigningKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)), public_key_(der_of(key_)) {}

SigningKey SigningKey::make() {
  Key key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!is_ed25519(key)) throw std::runtime_error("OpenSSL does not make an Ed25519 key");
  return SigningKey(std::move(key));
}

std::expected<SigningKey, std::string> SigningKey::from_pem(const std::string& text) {
  const Bio bio = reader_of(text);
  Key key = owned(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!is_ed25519(key)) return std::unexpected("it is not an Ed25519 private key in PEM form, without a passphrase");
  return SigningKey(std::move(key));
}

std::string SigningKey::pem() const {
  const Bio bio = made(Bio(BIO_new(BIO_s_mem()), &BIO_free));
  if (PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("OpenSSL does not encode a private key");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view text) const {
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  const Context signing = fresh_context();
  if (EVP_DigestSignInit(signing.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(signing.get(), reinterpret_cast<std::uint8_t*>(signature.data()), &size, bytes_of(text),
                     text.size()) != 1) {
    throw std::runtime_error("OpenSSL does not sign");
  }
  return base64_of(signature);
}

}  // namespace xenacm::audit
