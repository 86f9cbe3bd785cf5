// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/chain.h"

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace xenacm::audit {

namespace {

constexpr std::string_view kHashMember = R"(,"hash":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::string_view kDigits = "0123456789abcdef";

// The value of each hexadecimal digit; of other bytes one that no digit has.
constexpr auto kValues = [] {
  constexpr std::uint8_t kNoDigit = 0xff;
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// Where there is no memory for them, they are made the next time.
Context new_context() {
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (context == nullptr) throw std::bad_alloc();
  return context;
}

const EVP_MD* new_sha256() {
  const EVP_MD* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (sha256 == nullptr) throw std::runtime_error("OpenSSL does not give SHA-256");
  return sha256;
}

}  // namespace

Hash next_hash(const Hash& before, std::string_view record) {
  // One a thread: to look the algorithm up anew takes longer than to hash a record.
  static const EVP_MD* const kSha256 = new_sha256();
  thread_local const Context context = new_context();
  Hash hash{};
  const bool hashed = EVP_DigestInit_ex2(context.get(), kSha256, nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), before.data(), before.size()) == 1 &&
                      EVP_DigestUpdate(context.get(), record.data(), record.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  if (!hashed) throw std::runtime_error("OpenSSL does not compute SHA-256");
  return hash;
}

std::string to_hex(const Hash& hash) {
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0xf];
  }
  return hex;
}

std::optional<Hash> hash_of_hex(std::string_view hex) {
  Hash hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  unsigned seen = 0;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const unsigned high = kValues[static_cast<std::uint8_t>(hex[2 * i])];
    const unsigned low = kValues[static_cast<std::uint8_t>(hex[2 * i + 1])];
    seen |= high | low;
    hash[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (seen > 0xf) return std::nullopt;
  return hash;
}

std::string to_text(const Line& line) {
  std::string text = line.record;
  if (!text.empty()) text.pop_back();  // the brace
  return text.append(kHashMember).append(to_hex(line.hash)).append(kEnd);
}

std::optional<Line> parse_line(std::string_view text) {
  constexpr std::size_t kTail = kHashMember.size() + 2 * sizeof(Hash) + kEnd.size();
  if (text.size() <= kTail || !text.ends_with(kEnd)) return std::nullopt;
  const std::string_view tail = text.substr(text.size() - kTail);
  if (!tail.starts_with(kHashMember)) return std::nullopt;
  const auto hash = hash_of_hex(tail.substr(kHashMember.size(), 2 * sizeof(Hash)));
  if (!hash) return std::nullopt;
  Line line{{}, *hash};
  line.record.reserve(text.size() - kTail + 1);
  line.record.append(text.substr(0, text.size() - kTail)).push_back('}');
  return line;
}

}  // namespace xenacm::audit
