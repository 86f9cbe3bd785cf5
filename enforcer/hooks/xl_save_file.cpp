// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/xl_save_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "enforcer/hooks/input.h"

namespace xenacm::hooks {

namespace {

using nlohmann::json;

// In the byte order of the machine that wrote it, which must be this one's.
struct Head {
  std::array<char, 32> magic;
  std::uint32_t byte_order;
  std::uint32_t mandatory_flags;
  std::uint32_t optional_flags;
  std::uint32_t data_bytes;  // of what follows: the configuration's length, in four bytes, and the configuration
};
static_assert(sizeof(Head) == 48);

constexpr std::string_view kMagic{"Xen saved domain, xl format\n \0 \r", 32};
constexpr std::uint32_t kByteOrder = 0x01020304;
constexpr std::uint32_t kIsJson = 1;

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string backend_of(const json& device) {
  const std::string name = text_at(device, "backend_domname");
  const std::int64_t number = number_at(device, "backend_domid");
  return name.empty() && number != 0 ? std::to_string(number) : name;
}

// libxl completes a path that is not absolute with /dev. None: an empty drive.
json disk_of(const json& device) {
  const std::string path = text_at(device, "pdev_path");
  if (path.empty()) return nullptr;
  json disk{{"name", path.starts_with('/') ? path : "/dev/" + path}};
  if (const std::string backend = backend_of(device); !backend.empty()) disk["backend"] = backend;
  return disk;
}

json vif_of(const json& device) {
  json vif = json::object();
  if (const std::string backend = backend_of(device); !backend.empty()) vif["backend"] = backend;
  if (const std::string bridge = text_at(device, "bridge"); !bridge.empty()) vif["bridge"] = bridge;
  if (const std::string nic = text_at(device, "gatewaydev"); !nic.empty()) vif["nic"] = nic;
  if (const std::int64_t number = number_at(device, "devid"); number > 0) vif["number"] = number;
  return vif;
}

json pci_of(const json& device) {
  std::array<char, 64> address{};
  std::snprintf(address.data(), address.size(), "%04llx:%02llx:%02llx.%llx",
                static_cast<unsigned long long>(number_at(device, "domain")),
                static_cast<unsigned long long>(number_at(device, "bus")),
                static_cast<unsigned long long>(number_at(device, "dev")),
                static_cast<unsigned long long>(number_at(device, "func")));
  return address.data();
}

json list_of(const json& config, const char* key, json (*entry_of)(const json&)) {
  json list = json::array();
  const auto devices = config.find(key);
  if (devices == config.end()) return list;
  for (const json& device : *devices) {
    json entry = device.is_object() ? entry_of(device) : json();
    if (!entry.is_null()) list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::expected<json, std::string> describe_libxl_json(std::string_view text) {
  const json config = json::parse(text, nullptr, false);
  const auto found = config.find("c_info");
  if (found == config.end() || !found->is_object()) {
    return std::unexpected<std::string>("it holds no domain configuration");
  }
  for (const char* key : {"disks", "nics", "pcidevs"}) {
    if (config.contains(key) && !config.at(key).is_array()) return std::unexpected(std::string(key) + " is not a list");
  }
  const json& info = *found;
  json domain{{"name", text_at(info, "name")},
              {"disks", list_of(config, "disks", disk_of)},
              {"vifs", list_of(config, "nics", vif_of)},
              {"pci", list_of(config, "pcidevs", pci_of)}};
  if (const std::string uuid = text_at(info, "uuid"); !uuid.empty()) domain["uuid"] = uuid;
  return json{{"domain", std::move(domain)}};
}

std::expected<json, std::string> read_save_file(const std::string& path) {
  const auto failed = [&](const std::string& why) { return std::unexpected("cannot read " + path + ": " + why); };
  std::ifstream file(path, std::ios::binary);
  Head head{};
  if (!file.read(reinterpret_cast<char*>(&head), sizeof head))
    return failed("there is no whole head of a saved domain");
  if (std::string_view(head.magic.data(), head.magic.size()) != kMagic) return failed("xl did not write it");
  if (head.byte_order != kByteOrder) return failed("it is in another byte order");
  if (head.data_bytes < sizeof(std::uint32_t)) return failed("it does not say which domain it is");
  if (head.data_bytes > kMostInput) return failed("its configuration is larger than one can be");
  std::string data(head.data_bytes, '\0');
  if (!file.read(data.data(), static_cast<std::streamsize>(data.size()))) return failed("it is cut off");
  std::uint32_t length = 0;
  std::memcpy(&length, data.data(), sizeof length);
  if (length > data.size() - sizeof length) return failed("it is cut off");
  std::string config = data.substr(sizeof length, length);
  config.resize(std::min(config.size(), config.find('\0')));
  if ((head.mandatory_flags & kIsJson) == 0) return json{{"config", config}, {"file", path}};
  auto described = describe_libxl_json(config);
  if (!described) return failed(described.error());
  return described;
}

}  // namespace xenacm::hooks
