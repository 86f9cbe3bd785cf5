// SPDX-License-Identifier: Apache-2.0
// A domain that a caller describes in JSON (schemas/openapi.yaml, DomainDescription): of toolstacks that have no xl
// configuration.
#include <fmt/format.h>

#include <set>

#include "enforcer/api/answer.h"
#include "enforcer/api/start_request.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

using Read = std::expected<void, std::string>;

std::unexpected<std::string> wrong(const std::string& what) { return std::unexpected("\"domain\": " + what); }

// Only strings under keys that are known, so that a key that is misspelt is told, not overlooked.
Read check_strings(const json& object, const std::string& what, const std::set<std::string>& keys) {
  if (!object.is_object()) return wrong(what + " must be an object");
  for (const auto& [key, value] : object.items()) {
    if (!keys.contains(key)) return wrong(fmt::format("{} has no key '{}'", what, key));
    if (!value.is_string()) return wrong(fmt::format("'{}' of {} must be a string", key, what));
  }
  return {};
}

std::expected<xen::ConfiguredDisk, std::string> read_disk(const json& disk, const std::string& what) {
  if (auto checked = check_strings(disk, what, {"name", "backend"}); !checked) {
    return std::unexpected(checked.error());
  }
  const std::string text = member(disk, "name").value_or("");
  auto name = text.starts_with('/') ? monitor::disk_name(text) : monitor::parse_host_resource_name(text);
  if (!name) return wrong(what + ": " + name.error());
  return xen::ConfiguredDisk{text, *std::move(name), member(disk, "backend").value_or("")};
}

std::expected<xen::ConfiguredVif, std::string> read_vif(json vif, const std::string& what) {
  xen::ConfiguredVif read{{}, {}, xen::kDefaultBridge, {}, std::nullopt};
  if (vif.is_object() && vif.contains("number")) {
    const json& number = vif.at("number");
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() >= monitor::kMaxVifs) {
      return wrong("'number' of " + what + " must be a number below " + std::to_string(monitor::kMaxVifs));
    }
    read.number = number.get<std::uint32_t>();
    vif.erase("number");
  }
  if (auto checked = check_strings(vif, what, {"backend", "bridge", "nic"}); !checked) {
    return std::unexpected(checked.error());
  }
  read.backend = member(vif, "backend").value_or("");
  read.bridge = member(vif, "bridge").value_or(xen::kDefaultBridge);
  read.nic = member(vif, "nic").value_or("");
  read.text = "bridge=" + read.bridge + (read.backend.empty() ? "" : ",backend=" + read.backend);
  return read;
}

std::expected<xen::ConfiguredPci, std::string> read_pci(const json& address, const std::string& what) {
  if (!address.is_string()) return wrong(what + " must be a string such as 0000:04:00.0");
  auto name = monitor::parse_resource_name("pci:" + address.get<std::string>());
  if (!name) return wrong(what + ": " + name.error());
  return xen::ConfiguredPci{address.get<std::string>(), *std::move(name)};
}

// Each entry of the list under `key`, where there is one.
template <class Entry, class ReadEntry>
Read read_list(const json& domain, const char* key, std::vector<Entry>& entries, const ReadEntry& read_entry) {
  const auto list = domain.find(key);
  if (list == domain.end()) return {};
  if (!list->is_array()) return wrong(std::string("'") + key + "' must be a list");
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto entry = read_entry((*list)[i], std::string(key) + " " + std::to_string(i));
    if (!entry) return std::unexpected(entry.error());
    entries.push_back(*std::move(entry));
  }
  return {};
}

Read read_names(const json& domain, xen::DomainConfig& config) {
  json words = domain;
  for (const char* list : {"disks", "vifs", "pci"}) words.erase(list);
  if (auto checked = check_strings(words, "it", {"name", "uuid", "label", "policy"}); !checked) return checked;
  config.name = monitor::DomainName(member(domain, "name").value_or(""));
  if (const auto text = member(domain, "uuid")) {
    config.uuid = monitor::parse_uuid(*text);
    if (!config.uuid) return wrong("'" + *text + "' is not a uuid");
  }
  if (config.name.get().empty() && !config.uuid) return wrong("it needs a name or a uuid");
  if (const auto label = member(domain, "label")) {
    config.access_control = xen::AccessControl{member(domain, "policy").value_or(""), *label};
  }
  return {};
}

std::expected<xen::DomainConfig, std::string> read_domain(const json& domain) {
  if (!domain.is_object()) return wrong("must be an object");
  xen::DomainConfig config;
  if (auto read = read_names(domain, config); !read) return std::unexpected(read.error());
  if (auto read = read_list(domain, "disks", config.disks, read_disk); !read) return std::unexpected(read.error());
  if (auto read = read_list(domain, "vifs", config.vifs, read_vif); !read) return std::unexpected(read.error());
  if (auto read = read_list(domain, "pci", config.pci, read_pci); !read) return std::unexpected(read.error());
  return config;
}

}  // namespace

std::expected<xen::DomainConfig, std::string> read_description(const json& body) {
  const auto config = member(body, "config");
  if (config.has_value() == body.contains("domain")) {
    return std::unexpected(R"(the body needs "config" or "domain", and not both)");
  }
  if (config) return xen::parse_domain_config(*config, member(body, "file").value_or("config"));
  return read_domain(body.at("domain"));
}

}  // namespace xenacm::api
