// SPDX-License-Identifier: Apache-2.0
#include "labeltool/attach_words.h"

#include <algorithm>
#include <map>
#include <span>

#include "enforcer/api/verdict_text.h"
#include "labeltool/label_words.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;
using Parsed = std::expected<AttachWords, Failure>;
using Settings = std::map<std::string, std::string>;

constexpr const char* kDomain0 = "Domain-0";
constexpr const char* kForms =
    "; the forms are attach DOMAIN vif backend=NAME [bridge=B] [nic=N] [index=I], attach DOMAIN disk NAME "
    "[backend=NAME], attach DOMAIN pci BDF and attach DOMAIN CLASS backend=NAME";

std::unexpected<Failure> wrong(const std::string& what) { return std::unexpected(Failure{what + kForms}); }

// "KEY=VALUE" words, with keys out of `keys`, each at most once.
std::expected<Settings, Failure> settings_of(std::span<const std::string> words, const std::vector<std::string>& keys) {
  Settings settings;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    if (equals == std::string::npos || std::ranges::find(keys, key) == keys.end()) {
      return wrong("'" + word + "' is not understood");
    }
    if (equals + 1 == word.size()) return wrong("'" + word + "' names nothing");
    if (!settings.emplace(key, word.substr(equals + 1)).second) return wrong("'" + key + "' is given twice");
  }
  return settings;
}

std::string backend_of(const Settings& settings) {
  const auto found = settings.find("backend");
  return found != settings.end() ? found->second : kDomain0;
}

Parsed parse_vif(const std::string& domain, std::span<const std::string> words) {
  const auto settings = settings_of(words, {"backend", "bridge", "nic", "index"});
  if (!settings) return std::unexpected(settings.error());
  json vif{{"backend", backend_of(*settings)}};
  for (const auto& [key, value] : *settings) {
    if (key != "index") vif[key] = value;
  }
  if (const auto index = settings->find("index"); index != settings->end()) {
    const auto number = parse_vif_index(index->second);
    if (!number) return wrong("Bad VIF index. ('" + index->second + "')");
    vif["index"] = *number;
  }
  return AttachWords{.body = {{"domain", domain}, {"vif", vif}},
                     .link = api::link_words("vif", domain, vif["backend"])};
}

Parsed parse_disk(const std::string& domain, std::span<const std::string> words) {
  if (words.empty() || words.front().empty()) return wrong("disk needs the name of a disk, such as phy:/dev/vg/a");
  const auto settings = settings_of(words.subspan(1), {"backend"});
  if (!settings) return std::unexpected(settings.error());
  const std::string backend = backend_of(*settings);
  return AttachWords{.body = {{"domain", domain}, {"disk", {{"name", words.front()}, {"backend", backend}}}},
                     .link = api::link_words("vbd", domain, backend) + " (" + printable(words.front()) + ")"};
}

Parsed parse_pci(const std::string& domain, std::span<const std::string> words) {
  if (words.empty()) return wrong("pci needs the address of a device, such as 0000:04:00.0");
  if (words.size() > 1) return wrong("'" + words[1] + "' is not understood");
  return AttachWords{.body = {{"domain", domain}, {"pci", words.front()}},
                     .link = api::link_words("pci", domain, kDomain0) + " (" + printable(words.front()) + ")"};
}

Parsed parse_link(const std::string& domain, const std::string& device_class, std::span<const std::string> words) {
  const auto settings = settings_of(words, {"backend"});
  if (!settings) return std::unexpected(settings.error());
  if (!settings->contains("backend")) return wrong("'" + device_class + "' needs backend=NAME");
  const std::string& backend = settings->at("backend");
  return AttachWords{.body = {{"domain", domain}, {"link", {{"class", device_class}, {"backend", backend}}}},
                     .link = api::link_words(device_class, domain, backend)};
}

}  // namespace

Parsed parse_attach(const std::vector<std::string>& words) {
  if (words.empty()) return wrong("attach needs the name of a domain that runs");
  if (words.size() < 2) return wrong("'" + words.front() + "' is to be attached to, but not what");
  const std::span<const std::string> rest = std::span(words).subspan(2);
  if (words[1] == "vif") return parse_vif(words.front(), rest);
  if (words[1] == "disk") return parse_disk(words.front(), rest);
  if (words[1] == "pci") return parse_pci(words.front(), rest);
  return parse_link(words.front(), words[1], rest);
}

}  // namespace xenacm::labeltool
