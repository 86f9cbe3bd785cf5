// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>
#include <regex>

#include "labeltool/doctor/passthrough.h"

namespace xenacm::labeltool::doctor {

namespace {

namespace fs = std::filesystem;

std::optional<monitor::DomId> owner_of(xen::Xenstore& xenstore, const std::string& address) {
  const std::string root = "/local/domain/0/backend/pci";
  for (const std::string& domain : xenstore.list(root)) {
    std::uint16_t domid = 0;
    const auto [end, error] = std::from_chars(domain.data(), domain.data() + domain.size(), domid);
    if (error != std::errc{} || end != domain.data() + domain.size()) continue;
    for (const std::string& node : xenstore.list(root + "/" + domain + "/0")) {
      if (!node.starts_with("dev-")) continue;
      if (xenstore.read(root + "/" + domain + "/0/" + node) == address) return monitor::DomId(domid);
    }
  }
  return std::nullopt;
}

bool is_network(const fs::path& device) {
  std::string device_class;
  std::ifstream(device / "class") >> device_class;
  return device_class.starts_with("0x02");
}

}  // namespace

std::vector<PciDevice> look_at_pci(const fs::path& root, xen::Xenstore& xenstore) {
  static const std::regex kAddress("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
  std::vector<PciDevice> devices;
  std::error_code missing;
  for (auto entry = fs::directory_iterator(root / "sys/bus/pci/drivers/pciback", missing);
       !missing && entry != fs::directory_iterator(); entry.increment(missing)) {
    const std::string address = entry->path().filename();
    if (!std::regex_match(address, kAddress)) continue;
    devices.push_back({.address = address,
                       .is_network = is_network(root / "sys/bus/pci/devices" / address),
                       .owner = owner_of(xenstore, address)});
  }
  std::ranges::sort(devices, {}, &PciDevice::address);
  return devices;
}

}  // namespace xenacm::labeltool::doctor
