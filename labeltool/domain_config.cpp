// SPDX-License-Identifier: Apache-2.0
#include "labeltool/domain_config.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "enforcer/api/client.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

std::optional<std::string> text_of(const nlohmann::json& object, const char* key) {
  return object.contains(key) ? std::optional(object.at(key).get<std::string>()) : std::nullopt;
}

// Whether a list that is open before `line` is open after it. Brackets within quotes or comments do not count.
bool list_open_after(const std::string& line, bool open) {
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '#') {
      break;
    } else if (c == '[') {
      open = true;
    } else if (c == ']') {
      open = false;
    }
  }
  return open;
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// "access_control =", with blanks where xl's configurations may have them.
bool assigns_label(std::string_view line) {
  constexpr std::string_view kKey = "access_control";
  line = without_blanks(line);
  return line.starts_with(kKey) && without_blanks(line.substr(kKey.size())).starts_with('=');
}

}  // namespace

std::expected<DomainConfigFile, Failure> open_config(const Context& context, const std::string& file) {
  std::filesystem::path path = file;
  if (!std::filesystem::exists(path) && path.is_relative()) path = std::filesystem::path("/etc/xen") / file;
  if (!std::filesystem::exists(path)) return std::unexpected(Failure{"Configuration file '" + file + "' not found."});
  auto text = read_file(path);
  if (!text) return std::unexpected(Failure{"Could not read '" + path.string() + "': " + text.error()});

  const auto answer = ask_text(context, "POST", "/v1/config?file=" + api::encoded(path.string()), *text, "text/plain");
  if (!answer) return std::unexpected(answer.error());
  const nlohmann::json config = nlohmann::json::parse(*answer);
  DomainConfigFile found{path.string(), *std::move(text), config.value("name", ""), text_of(config, "uuid")};
  if (config.contains("access_control")) {
    found.policy = text_of(config["access_control"], "policy");
    found.label = text_of(config["access_control"], "label");
  }
  return found;
}

std::string with_label(const std::string& text, const std::string& policy, const std::string& label) {
  const bool whole = text.empty() || text.ends_with('\n');
  return text + (whole ? "" : "\n") + "access_control = [\"policy=" + policy + ",label=" + label + "\"]\n";
}

std::string without_label(const std::string& text) {
  std::string result;
  bool open = false;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::string line = text.substr(start, end - start);
    const bool ours = open || assigns_label(line);
    if (ours) open = list_open_after(line, open);
    result += (ours ? "#" : "") + line;
    start = end;
  }
  return result;
}

}  // namespace xenacm::labeltool
