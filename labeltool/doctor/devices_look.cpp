// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <fstream>
#include <regex>

#include "labeltool/doctor/devices.h"

namespace xenacm::labeltool::doctor {

namespace {

using xen::Xenstore;

// A guest can make as many devices as its quota allows.
constexpr std::size_t kMostDevices = 4'096;

template <class Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string path(DomId domid, const std::string& below) {
  return "/local/domain/" + std::to_string(domid.get()) + "/" + below;
}

// A class is shown and compared, and stands in paths of commands.
bool is_plain(const std::string& device_class) {
  return device_class.size() <= 64 &&
         device_class.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// The frontend of the first console stands elsewhere.
bool has_frontend(Xenstore& xenstore, const Device& device) {
  const std::string below = "device/" + device.device_class + "/" + std::to_string(device.number);
  return xenstore.read(path(device.frontend, below + "/backend-id")).has_value();
}

// A drive without a medium has nothing that a script could set up.
bool is_empty_drive(Xenstore& xenstore, const std::string& directory, const std::string& device_class) {
  return device_class == "vbd" && xenstore.read(directory + "/params").value_or("").empty();
}

Device device_at(Xenstore& xenstore, const std::string& directory, Device device) {
  device.state = xenstore.read(directory + "/state").value_or("");
  device.script = xenstore.read(directory + "/script");
  device.hotplug_status = xenstore.read(directory + "/hotplug-status").value_or("");
  device.hotplug_error = xenstore.read(directory + "/hotplug-error");
  device.has_frontend = has_frontend(xenstore, device);
  return device;
}

void look_at_backends(Xenstore& xenstore, DomId backend, std::vector<Device>& devices) {
  const std::string root = path(backend, "backend");
  for (const std::string& device_class : xenstore.list(root)) {
    if (!is_plain(device_class)) continue;
    for (const std::string& frontend : xenstore.list(root + "/" + device_class)) {
      const auto domid = number<std::uint16_t>(frontend);
      if (!domid) continue;
      for (const std::string& name : xenstore.list(root + "/" + device_class + "/" + frontend)) {
        const auto index = number<std::uint32_t>(name);
        if (!index || devices.size() >= kMostDevices) continue;
        const std::string directory = root + "/" + device_class + "/" + frontend + "/" + name;
        if (is_empty_drive(xenstore, directory, device_class)) continue;
        devices.push_back(
            device_at(xenstore, directory,
                      {.backend = backend, .frontend = DomId(*domid), .device_class = device_class, .number = *index}));
      }
    }
  }
}

void look_at_frontends(Xenstore& xenstore, DomId frontend, DeviceFacts& facts) {
  for (const char* device_class : {"vif", "vbd"}) {
    const std::string root = path(frontend, std::string("device/") + device_class);
    for (const std::string& name : xenstore.list(root)) {
      const auto index = number<std::uint32_t>(name);
      const auto backend = number<std::uint16_t>(xenstore.read(root + "/" + name + "/backend-id").value_or(""));
      if (!index || !backend || facts.orphans.size() >= kMostDevices) continue;
      const auto found = facts.domains.find(DomId(*backend));
      if (found != facts.domains.end() && found->second.serves) continue;
      facts.orphans.push_back({frontend, DomId(*backend), device_class, *index});
    }
  }
}

}  // namespace

DeviceFacts look_at_devices(Xenstore& xenstore, const std::vector<xen::DomainInfo>& domains, const Names& names) {
  DeviceFacts facts;
  for (const xen::DomainInfo& domain : domains) {
    const auto name = names.find(domain.domid);
    facts.domains[domain.domid] = {
        .name = name != names.end() ? name->second : "domain " + std::to_string(domain.domid.get()),
        .serves = domain.state.find_first_of("scd") == std::string::npos};
  }
  for (const auto& [domid, domain] : facts.domains) {
    if (!domain.serves) continue;
    look_at_backends(xenstore, domid, facts.devices);
    look_at_frontends(xenstore, domid, facts);
  }
  return facts;
}

std::string look_for_default_script(const std::filesystem::path& root) {
  static const std::regex kSetting(R"re(^\s*vif\.default\.script\s*=\s*["']([^"']+)["'].*)re");
  std::ifstream file(root / "etc/xen/xl.conf");
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, kSetting)) continue;
    std::filesystem::path script = found[1].str();
    if (script.is_relative()) script = "/etc/xen/scripts" / script;
    return std::filesystem::exists(root / script.relative_path()) ? "" : script.string();
  }
  return {};
}

}  // namespace xenacm::labeltool::doctor
