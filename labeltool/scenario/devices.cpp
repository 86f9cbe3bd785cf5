// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/devices.h"

#include <array>
#include <expected>

#include "enforcer/monitor/resource_name.h"

namespace xenacm::labeltool::scenario {

namespace {

using monitor::DomainName;
using monitor::ResourceName;

constexpr Key kDisks{"disks", R"(disks = ["phy:/dev/vg/a"])"};
constexpr Key kVifs{"vifs", R"(vifs = [{ backend = "nicdom", bridge = "xenbr0" }])"};
constexpr Key kPcis{"pci", R"(pci = ["0000:04:00.0"])"};

constexpr Key kDisk{"disk", R"(disk = "phy:/dev/vg/a")"};
constexpr Key kVif{"vif", R"(vif = { backend = "nicdom", bridge = "xenbr0" })"};
constexpr Key kPci{"pci", R"(pci = "0000:04:00.0")"};
constexpr Key kLink{"link", R"(link = { class = "9pfs", backend = "nicdom" })"};

constexpr Key kBackend{"backend", R"(backend = "nicdom")"};
constexpr Key kBridge{"bridge", R"(bridge = "xenbr0")"};
constexpr Key kNic{"nic", R"(nic = "eth0")"};
constexpr Key kClass{"class", R"(class = "9pfs")"};
constexpr Key kResource{"resource", R"(resource = "phy:/dev/vg/a")"};

template <class T>
using Read = std::expected<T, std::string>;  // the error says what is wrong

// "phy@nicdom:/dev/a" is "phy:/dev/a", served by nicdom.
Read<Device> disk_of(const std::string& text) {
  const auto name = monitor::parse_resource_name(text);
  if (!name) return std::unexpected(name.error());
  const std::string_view kind = monitor::kind_of(*name);
  const std::size_t at = kind.find('@');
  const std::string_view plain = kind.substr(0, at);
  if (plain != "phy" && plain != "file" && plain != "tap") return std::unexpected("'" + text + "' is not a disk");
  if (at == std::string_view::npos) return Disk{*name, DomainName(std::string(monitor::kDomain0Name))};
  return Disk{ResourceName(std::string(plain) + name->get().substr(kind.size())),
              DomainName(std::string(kind.substr(at + 1)))};
}

Read<Device> pci_of(const std::string& text) {
  if (text.starts_with("pci:")) return std::unexpected("'" + text + "' is to be written without pci:");
  auto name = monitor::parse_resource_name("pci:" + text);
  if (!name) return std::unexpected(name.error());
  return Pci{*std::move(name)};
}

Device vif_of(const toml::table& table, Errors& errors) {
  Keys keys(table, "a vif", errors);
  const std::string backend = keys.find_text(kBackend).value_or(std::string(monitor::kDomain0Name));
  const std::string bridge = keys.find_text(kBridge).value_or("");
  const std::string nic = keys.find_text(kNic).value_or("");
  auto label = keys.find_text(kLabel);
  keys.refuse_others();
  return Vif{DomainName(backend), {.bridge = bridge, .nic = nic}, std::move(label)};
}

Device link_of(const toml::table& table, Errors& errors) {
  Keys keys(table, "a link", errors);
  std::string device_class = keys.text(kClass);
  const std::string backend = keys.text(kBackend);
  keys.refuse_others();
  return PlainLink{std::move(device_class), DomainName(backend)};
}

using TextReader = Read<Device> (*)(const std::string&);

// The devices that a list of texts names.
void take_texts(Keys& keys, const Key& key, TextReader read, std::vector<Device>& devices) {
  const toml::array* list = keys.find_array(key);
  if (list == nullptr) return;
  for (const toml::node& node : *list) {
    const auto* text = node.as_string();
    if (text == nullptr) {
      keys.wrong_form(key, node.source().begin);
    } else if (auto device = read(text->get())) {
      devices.push_back(*std::move(device));
    } else {
      keys.error(node.source().begin,
                 "'" + std::string(key.name) + "': " + device.error() + "; " + std::string(key.form));
    }
  }
}

void take_vifs(Keys& keys, std::vector<Device>& devices) {
  const toml::array* list = keys.find_array(kVifs);
  if (list == nullptr) return;
  for (const toml::node& node : *list) {
    if (const toml::table* vif = node.as_table()) {
      devices.push_back(vif_of(*vif, keys.errors()));
    } else {
      keys.wrong_form(kVifs, node.source().begin);
    }
  }
}

std::optional<Device> text_device(Keys& keys, const Key& key, const Found& found, TextReader read) {
  const auto* text = found.node->as_string();
  if (text == nullptr) {
    keys.wrong_form(key, found.at);
    return std::nullopt;
  }
  auto device = read(text->get());
  if (device) return *std::move(device);
  keys.error(found.at, "'" + std::string(key.name) + "': " + device.error() + "; " + std::string(key.form));
  return std::nullopt;
}

using TableReader = Device (*)(const toml::table&, Errors&);

std::optional<Device> table_device(Keys& keys, const Key& key, const Found& found, TableReader read) {
  if (const toml::table* table = found.node->as_table()) return read(*table, keys.errors());
  keys.wrong_form(key, found.at);
  return std::nullopt;
}

std::optional<Device> device_of(Keys& keys, const Key& key, const Found& found) {
  if (key.name == kDisk.name) return text_device(keys, key, found, disk_of);
  if (key.name == kPci.name) return text_device(keys, key, found, pci_of);
  return table_device(keys, key, found, key.name == kVif.name ? vif_of : link_of);
}

}  // namespace

std::vector<Device> take_devices(Keys& keys) {
  std::vector<Device> devices;
  take_texts(keys, kDisks, disk_of, devices);
  take_vifs(keys, devices);
  take_texts(keys, kPcis, pci_of, devices);
  return devices;
}

std::optional<Device> take_device(Keys& keys) {
  constexpr std::array kChoice{kDisk, kVif, kPci, kLink};
  std::string forms;
  for (const Key& key : kChoice) forms += (forms.empty() ? "one of " : ", ") + std::string(key.form);
  std::optional<Device> device;
  const Key* chosen = nullptr;
  for (const Key& key : kChoice) {
    const auto found = keys.find(key);
    if (!found) continue;
    auto read = device_of(keys, key, *found);
    if (chosen != nullptr) {
      keys.error(found->at, "'" + std::string(chosen->name) + "' and '" + std::string(key.name) +
                                "' exclude each other; " + keys.what() + " takes " + forms);
      continue;
    }
    chosen = &key;
    device = std::move(read);
  }
  if (chosen == nullptr) keys.missing(forms);
  return device;
}

ResourceName take_resource(Keys& keys) {
  const std::string text = keys.text(kResource);
  if (text.empty()) return {};
  auto name = monitor::parse_resource_name(text);
  if (name) return *std::move(name);
  keys.error(keys.find(kResource)->at, "'resource': " + name.error());
  return {};
}

}  // namespace xenacm::labeltool::scenario
