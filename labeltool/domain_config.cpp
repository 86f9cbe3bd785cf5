// SPDX-License-Identifier: Apache-2.0
#include "labeltool/domain_config.h"

#include <filesystem>

#include "enforcer/api/client.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

std::optional<std::string> text_of(const json& object, const char* key) {
  return object.contains(key) ? std::optional(object.at(key).get<std::string>()) : std::nullopt;
}

// Not told apart: a file that is there, and one of which that cannot be told. Reading it says why.
bool may_be_there(const std::filesystem::path& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure) || failure;
}

// Posts the configuration to `target`, where it is read as xl reads it.
std::expected<json, Failure> post(const Context& context, const std::string& target, const ConfigFile& config) {
  const auto answer =
      ask_text(context, "POST", target + "?file=" + api::encoded(config.path), config.text, "text/plain");
  if (answer) return json::parse(*answer);
  Failure failure = answer.error();
  if (failure.answer != 0 && config.text.find("\r\n") != std::string::npos) {
    failure.details.push_back(config.path +
                              " has lines that end as on DOS (CR LF), which xl does not read; dos2unix mends it");
  }
  return std::unexpected(std::move(failure));
}

}  // namespace

std::expected<ConfigFile, Failure> read_config(const std::string& file) {
  std::filesystem::path path = file;
  if (!may_be_there(path) && path.is_relative()) path = std::filesystem::path("/etc/xen") / file;
  if (!may_be_there(path)) return std::unexpected(Failure{"Configuration file '" + file + "' not found."});
  auto text = read_file(path);
  if (!text) return std::unexpected(Failure{"Could not read '" + path.string() + "': " + text.error()});
  return ConfigFile{.path = path.string(), .text = *std::move(text)};
}

std::expected<DomainConfigFile, Failure> open_config(const Context& context, const std::string& file) {
  auto read = read_config(file);
  if (!read) return std::unexpected(read.error());
  const auto config = post(context, "/v1/config", *read);
  if (!config) return std::unexpected(config.error());
  DomainConfigFile found{.path = std::move(read->path),
                         .text = std::move(read->text),
                         .name = config->value("name", ""),
                         .uuid = text_of(*config, "uuid"),
                         .policy = {},
                         .label = {}};
  if (config->contains("access_control")) {
    found.policy = text_of(config->at("access_control"), "policy");
    found.label = text_of(config->at("access_control"), "label");
  }
  return found;
}

std::expected<json, Failure> ask_start(const Context& context, const std::string& file) {
  const auto config = read_config(file);
  if (!config) return std::unexpected(config.error());
  return post(context, "/v1/whatif/start", *config);
}

}  // namespace xenacm::labeltool
