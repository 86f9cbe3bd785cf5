// SPDX-License-Identifier: Apache-2.0
// acm-hook pre-create NAME [PID] and pre-attach NAME, for any other toolstack: with JSON on standard input.
#include <charconv>

#include "enforcer/hooks/hooks.h"
#include "enforcer/hooks/input.h"

namespace xenacm::hooks {

namespace {

using nlohmann::json;

// The object on standard input, with the domain's name under `key`.
std::expected<json, std::string> read_object(const char* key, const std::string& name) {
  const auto text = read_standard_input();
  if (!text) return std::unexpected(text.error());
  json object = json::parse(*text, nullptr, false);
  if (!object.is_object()) return std::unexpected<std::string>("standard input is not a JSON object");
  if (object.contains(key) && object[key] != name) {
    return std::unexpected("standard input is about another domain than '" + name + "'");
  }
  object[key] = name;
  return object;
}

// None: it is no number.
std::optional<json> holder_of(const std::vector<std::string>& words) {
  if (words.size() < 2) return json();
  unsigned pid = 0;
  const auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), pid);
  return error == std::errc{} && end == words[1].data() + words[1].size() ? std::optional<json>(pid) : std::nullopt;
}

}  // namespace

Outcome pre_create_hook(const Settings& settings, const std::vector<std::string>& words) {
  const auto holder = holder_of(words);
  if (words.empty() || words.size() > 2 || !holder) return no_verdict("the words are pre-create NAME [PID]");
  const auto domain = read_object("name", words[0]);
  if (!domain) return no_verdict(domain.error());
  return Daemon(settings, "").ask_start({{"domain", *domain}, {"holder", *holder}});
}

Outcome pre_attach_hook(const Settings& settings, const std::vector<std::string>& words) {
  if (words.size() != 1) return no_verdict("the words are pre-attach NAME");
  const auto body = read_object("domain", words[0]);
  if (!body) return no_verdict(body.error());
  const auto outcome = Daemon(settings, "").ask_attach(*body);
  return outcome.value_or(no_verdict("domain '" + words[0] + "' does not run"));
}

}  // namespace xenacm::hooks
