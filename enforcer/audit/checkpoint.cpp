// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/checkpoint.h"

#include <nlohmann/json.hpp>

#include "enforcer/monitor/json_depth.h"

namespace xenacm::audit {

using nlohmann::json;

namespace {

constexpr std::size_t kMembers = 6;

std::unexpected<std::string> refused(const std::string& why) { return std::unexpected("not a checkpoint: " + why); }

std::expected<Checkpoint, std::string> read(const json& signed_members, const std::string& signature) {
  const auto key = PublicKey::from_base64(signed_members.at("public_key"));
  if (!key) return refused("its \"public_key\" is no Ed25519 key");
  if (signed_members.at("key") != key->id()) return refused("its \"key\" is not that of its \"public_key\"");
  const auto hash = hash_of_hex(signed_members.at("hash").get_ref<const std::string&>());
  if (!hash) return refused("its \"hash\" is no SHA-256");
  const json& seq = signed_members.at("seq");
  const json& time = signed_members.at("time");
  if (!seq.is_number_integer() || !time.is_number_integer() || seq.get<std::int64_t>() < 1) {
    return refused("\"seq\" and \"time\" are whole numbers");
  }
  return Checkpoint{.seq = seq,
                    .hash = *hash,
                    .time = std::chrono::microseconds(time.get<std::int64_t>()),
                    .key = *key,
                    .signature_fits = key->verify(signed_members.dump(), signature)};
}

}  // namespace

// Numbers and ASCII alone, members in the order of std::map: what dump() writes is canonical.
std::string sign_checkpoint(std::int64_t seq, const Hash& hash, std::chrono::microseconds time, const SigningKey& key) {
  json checkpoint{{"hash", to_hex(hash)},
                  {"key", key.public_key().id()},
                  {"public_key", key.public_key().base64()},
                  {"seq", seq},
                  {"time", time.count()}};
  checkpoint["signature"] = key.sign(checkpoint.dump());
  return checkpoint.dump();
}

std::expected<Checkpoint, std::string> parse_checkpoint(std::string_view text) {
  if (!monitor::is_shallow(text)) return refused("it is nested too deep");
  try {
    json checkpoint = json::parse(text);
    const std::string signature = checkpoint.at("signature");
    if (checkpoint.size() != kMembers) return refused("it has members that are not known");
    checkpoint.erase("signature");
    return read(checkpoint, signature);
  } catch (const json::exception& error) {
    return refused(error.what());
  }
}

}  // namespace xenacm::audit
