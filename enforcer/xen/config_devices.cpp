// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/config_devices.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

extern "C" {
#include <libxl.h>
}

namespace xenacm::xen {

namespace {

using Entries = std::expected<std::vector<std::string>, std::string>;

Entries entries_of(const Config& config, const char* key) {
  XLU_ConfigList* list = nullptr;
  int count = 0;
  std::vector<std::string> entries;
  if (xlu_cfg_get_list(config.get(), key, &list, &count, 1) != 0) return entries;
  for (int i = 0; i < count; ++i) {
    const char* entry = xlu_cfg_get_listitem(list, i);
    if (entry == nullptr) {
      return std::unexpected("Invalid config file: entry " + std::to_string(i) + " of " + key + " is not a string");
    }
    entries.emplace_back(entry);
  }
  return entries;
}

// "phy:/dev/vg/a,xvda,w": what people call the disk is what stands before the first comma.
std::string head_of(const std::string& spec) { return spec.substr(0, spec.find(',')); }

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

class ParsedDisk {
 public:
  ParsedDisk() { libxl_device_disk_init(&disk_); }
  ~ParsedDisk() { libxl_device_disk_dispose(&disk_); }
  ParsedDisk(const ParsedDisk&) = delete;
  ParsedDisk& operator=(const ParsedDisk&) = delete;

  [[nodiscard]] libxl_device_disk* operator->() { return &disk_; }
  [[nodiscard]] bool parse(XLU_Config* config, const std::string& spec) {
    const char* const text = spec.c_str();
    return xlu_disk_parse(config, 1, &text, &disk_) == 0;
  }

 private:
  libxl_device_disk disk_{};
};

// "mac=…,bridge=xenbr0,backend=nicdom": keys that labels are not about are skipped.
std::expected<ConfiguredVif, std::string> read_vif(const std::string& spec) {
  ConfiguredVif vif{spec, {}, kDefaultBridge, {}, std::nullopt};
  for (std::string_view rest = spec; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    std::string_view part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = part.substr(0, equals);
    const std::string value(part.substr(equals + 1));
    if (key == "backend") vif.backend = value;
    if (key == "bridge") vif.bridge = value;
    if (key == "gatewaydev") vif.nic = value;
    if (key == "devid") {
      const char* end = value.data() + value.size();
      const auto [stop, error] = std::from_chars(value.data(), end, vif.number.emplace());
      if (error != std::errc{} || stop != end) {
        return std::unexpected("Invalid config file: vif '" + spec + "': devid is no number");
      }
    }
  }
  return vif;
}

// "04:00.0", "0000:04:00.0@1f,permissive=1"
std::expected<ConfiguredPci, std::string> read_pci(const std::string& spec) {
  const std::string address = spec.substr(0, spec.find_first_of(",@"));
  auto name = monitor::parse_resource_name("pci:" + address);
  if (!name) return std::unexpected("Invalid config file: pci '" + spec + "': " + name.error());
  return ConfiguredPci{address, *std::move(name)};
}

// libxlutil ends the whole process (exit, "flex scanner jammed") where a disk contains a line break, and reads none
// further than to a NUL.
bool has_control_characters(const std::string& spec) {
  return std::ranges::any_of(spec, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

}  // namespace

std::expected<ConfiguredDisk, std::string> read_disk(const Config& config, const std::string& spec) {
  if (has_control_characters(spec)) return std::unexpected("disk '" + spec + "': contains control characters");
  ParsedDisk disk;
  if (!disk.parse(config.get(), spec)) return std::unexpected("disk '" + spec + "'");
  ConfiguredDisk configured{head_of(spec), std::nullopt, text_of(disk->backend_domname)};
  if (configured.backend.empty() && disk->backend_domid != 0) configured.backend = std::to_string(disk->backend_domid);
  const std::string path = text_of(disk->pdev_path);
  if (path.empty()) return configured;
  auto name = monitor::disk_name(path);
  if (!name) return std::unexpected("disk '" + spec + "': " + name.error());
  configured.resource = *std::move(name);
  return configured;
}

std::expected<void, std::string> read_devices(const Config& config, DomainConfig& parsed) {
  const auto disks = entries_of(config, "disk");
  if (!disks) return std::unexpected(disks.error());
  for (const std::string& spec : *disks) {
    auto disk = read_disk(config, spec);
    if (!disk) return std::unexpected("Invalid config file: " + disk.error());
    parsed.disks.push_back(*std::move(disk));
  }
  const auto vifs = entries_of(config, "vif");
  if (!vifs) return std::unexpected(vifs.error());
  for (const std::string& spec : *vifs) {
    auto vif = read_vif(spec);
    if (!vif) return std::unexpected(vif.error());
    parsed.vifs.push_back(*std::move(vif));
  }
  const auto pci = entries_of(config, "pci");
  if (!pci) return std::unexpected(pci.error());
  for (const std::string& spec : *pci) {
    auto device = read_pci(spec);
    if (!device) return std::unexpected(device.error());
    parsed.pci.push_back(*std::move(device));
  }
  return {};
}

}  // namespace xenacm::xen
