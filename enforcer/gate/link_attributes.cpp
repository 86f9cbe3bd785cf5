// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/link_attributes.h"

#include <algorithm>
#include <array>
#include <expected>
#include <utility>

#include "enforcer/gate/printable.h"

namespace xenacm::gate {
namespace {

using Parsed = std::expected<monitor::ResourceName, std::string>;

constexpr std::string_view kPciKey = "dev-";

// Kinds of disk by the names of their backends' directories.
struct DiskBackend {
  std::string_view directory;
  std::string_view device_class;
  bool has_format = false;  // params is FORMAT:PATH
};
constexpr std::array<DiskBackend, 4> kDiskBackends{
    {{"vbd", "vbd"}, {"vbd3", "vbd"}, {"virtio_disk", "virtio_disk"}, {"qdisk", "vbd", true}}};

class Description {
 public:
  Description(const Values& values, monitor::AttachLink& attach) : values_(values), attach_(attach) {}

  std::vector<monitor::MalformedWrite> make() && {
    const std::string& device_class = attach_.key.device_class;
    if (device_class == "vif") attach_.network = {value("vif", "bridge"), value("vif", "gatewaydev")};
    if (device_class == "pci") add_pci_devices();
    for (const DiskBackend& backend : kDiskBackends) {
      if (backend.device_class == device_class) add_disk(backend);
    }
    return std::move(malformed_);
  }

 private:
  [[nodiscard]] std::string path(std::string_view directory, std::string_view key) const {
    return "/local/domain/" + std::to_string(attach_.key.backend.get()) + "/backend/" + std::string(directory) + '/' +
           std::to_string(attach_.key.frontend.get()) + '/' + std::to_string(attach_.key.device) + '/' +
           std::string(key);
  }

  [[nodiscard]] std::string value(std::string_view directory, std::string_view key) const {
    const auto found = values_.find(path(directory, key));
    return found == values_.end() ? std::string() : found->second;
  }

  // A drive that holds nothing has no path.
  void add_disk(const DiskBackend& backend) {
    std::string disk = value(backend.directory, "params");
    if (backend.has_format) disk.erase(0, disk.find(':') + 1);  // npos + 1: all of it is the path
    if (!disk.empty()) add(path(backend.directory, "params"), monitor::disk_name(disk));
  }

  void add_pci_devices() {
    const std::string prefix = path("pci", kPciKey);
    for (auto entry = values_.lower_bound(prefix); entry != values_.end() && entry->first.starts_with(prefix);
         ++entry) {
      add(entry->first, parse_pci(entry->second));
    }
  }

  void add(const std::string& where, Parsed name) {
    if (!name) {
      malformed_.push_back({printable(where), printable(name.error())});
    } else if (std::ranges::find(attach_.resources, *name, &monitor::Resource::name) == attach_.resources.end()) {
      attach_.resources.push_back({*std::move(name), std::nullopt, {}});
    }
  }

  const Values& values_;
  monitor::AttachLink& attach_;
  std::vector<monitor::MalformedWrite> malformed_;
};

}  // namespace

// Only as toolstacks write it: Linux reads any hexadecimal numbers, and what it makes of others than these is its own.
Parsed parse_pci(std::string_view address) {
  const std::string text = "pci:" + std::string(address);
  auto name = monitor::parse_resource_name(text);
  if (name && name->get() != text) return std::unexpected("'" + text + "' is not of the form 0000:04:00.0");
  return name;
}

bool is_attribute(std::string_view directory, std::string_view key) {
  if (directory == "vif") return key == "bridge" || key == "gatewaydev";
  if (directory == "pci") return key.starts_with(kPciKey);
  return key == "params" && std::ranges::find(kDiskBackends, directory, &DiskBackend::directory) != kDiskBackends.end();
}

std::vector<monitor::MalformedWrite> describe_link(const Values& values, monitor::AttachLink& attach) {
  return Description(values, attach).make();
}

}  // namespace xenacm::gate
