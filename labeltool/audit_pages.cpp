// SPDX-License-Identifier: Apache-2.0
#include "labeltool/audit_pages.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include "enforcer/audit/number.h"

namespace xenacm::labeltool {

using audit::Source;
using nlohmann::json;

namespace {

std::string page(const char* what, std::optional<std::int64_t> after) {
  return std::string("/v1/audit/") + what + "?limit=10000" + (after ? "&after=" + std::to_string(*after) : "");
}

Result expect_checkpoints(const Context& context, audit::Verifier& verifier) {
  for (std::int64_t last = 0;;) {
    const auto answer = ask(context, "GET", page("checkpoints", last));
    if (!answer) return std::unexpected(answer.error());
    for (const json& checkpoint : answer->at("checkpoints")) {
      verifier.expect(checkpoint.at("text").get_ref<const std::string&>(), Source::log);
      last = checkpoint.at("seq");
    }
    if (!answer->at("checkpoints").empty()) continue;
    if (const json& head = answer->at("head"); head.is_string()) {
      verifier.expect(head.get_ref<const std::string&>(), Source::elsewhere);
    }
    return {};
  }
}

}  // namespace

std::expected<audit::PublicKey, Failure> audit_key(const Context& context) {
  const auto answer = ask(context, "GET", "/v1/audit/key");
  if (!answer) return std::unexpected(answer.error());
  auto key = audit::PublicKey::from_pem(answer->value("public_key", ""));
  if (!key) return std::unexpected(Failure{"acm-enforcerd's key cannot be used: " + key.error()});
  return *std::move(key);
}

// The ledger forgets the oldest archive first, and never the newest.
std::expected<std::int64_t, Failure> forgotten_up_to(const Context& context) {
  const auto archives = ask(context, "GET", "/v1/audit/archives");
  if (!archives) return std::unexpected(archives.error());
  if (archives->empty()) return 0;
  return archives->front().at("first").get<std::int64_t>() - 1;
}

// The checkpoints first: one that is signed meanwhile is of a record that is not looked at.
Result feed_from_daemon(const Context& context, std::int64_t after, audit::Verifier& verifier) {
  if (auto expected = expect_checkpoints(context, verifier); !expected) return expected;
  return for_each_line(context, after, [&](std::string_view line) { return verifier.feed_line(line); });
}

Result for_each_line(const Context& context, std::int64_t after, const TakeLine& take) {
  std::optional<std::int64_t> last;
  if (after != 0) last = after;
  while (true) {
    const auto answer = ask_text(context, "GET", page("lines", last), "", "application/json");
    if (!answer) return std::unexpected(answer.error());
    if (answer->empty()) return {};
    for (std::string_view rest = *answer; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (!take(line)) return {};
      last = audit::row_of(line).value_or(last.value_or(0) + 1);
    }
  }
}

Result for_each_line(const std::vector<std::string>& files, const TakeLine& take) {
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      if (!take(line)) return {};
    }
    if (!in.eof()) return std::unexpected(Failure{"Could not read file: " + file, {}});
  }
  return {};
}

}  // namespace xenacm::labeltool
