// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/start_request.h"

#include <algorithm>
#include <charconv>

namespace xenacm::api {

using monitor::DomainName;
using monitor::DomId;
using monitor::State;
using nlohmann::json;

namespace {

constexpr std::uint16_t kLastDomId = 32751;

// An id that no domain has: Xen hands them out from below.
DomId free_domid(const State& state) {
  std::uint16_t domid = kLastDomId;
  while (state.find_running(DomId(domid)) != nullptr) --domid;
  return DomId(domid);
}

// What messages call a domain of which only the uuid is told.
DomainName name_of(const State& state, const monitor::Uuid& uuid) {
  const auto bound =
      std::ranges::find_if(state.bindings(), [&](const auto& entry) { return entry.second.uuid == uuid; });
  return bound != state.bindings().end() ? bound->first : DomainName(uuid.get());
}

}  // namespace

DomainName named_domain(const State& state, const std::string& text) {
  if (text.empty()) return DomainName(std::string(monitor::kDomain0Name));
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return DomainName(text);
  const monitor::RunningDomain* domain = state.find_running(DomId(number));
  return domain != nullptr ? domain->name : DomainName("domain " + text);
}

monitor::StartDomain start_of(const State& state, const xen::DomainConfig& config) {
  monitor::StartDomain start{
      .domid = free_domid(state), .uuid = config.uuid.value_or(monitor::nil_uuid()), .name = config.name};
  if (start.name.get().empty()) start.name = name_of(state, start.uuid);
  for (const xen::ConfiguredDisk& disk : config.disks) {
    if (!disk.resource) continue;
    start.disks.push_back({{*disk.resource, std::nullopt, {}}, named_domain(state, disk.backend)});
  }
  for (const xen::ConfiguredVif& vif : config.vifs) {
    start.vifs.push_back({named_domain(state, vif.backend), {vif.bridge, vif.nic}, vif.number});
  }
  for (const xen::ConfiguredPci& device : config.pci) start.pci.push_back(device.resource);
  if (const auto& access = config.access_control) {
    const std::string& policy = access->policy.empty() ? state.tables().ref.name : access->policy;
    start.claimed = monitor::StoredLabel{policy, access->label};
  }
  return start;
}

json devices_of(const xen::DomainConfig& config, const monitor::Verdict& verdict, bool label_known) {
  if (!label_known) return nullptr;
  json devices = json::array();
  const auto add = [&](const std::string& kind, std::size_t number, const std::string& text) {
    const std::string device = kind + " " + std::to_string(number);
    const bool refused = std::ranges::any_of(verdict.reasons, [&](const auto& r) { return r.device == device; });
    devices.push_back({{"device", device}, {"name", text}, {"decision", refused ? "deny" : "allow"}});
  };
  std::size_t disks = 0;
  for (const xen::ConfiguredDisk& disk : config.disks) {
    if (disk.resource) add("disk", disks++, disk.text);
  }
  for (std::size_t i = 0; i < config.vifs.size(); ++i) add("vif", i, config.vifs[i].text);
  for (std::size_t i = 0; i < config.pci.size(); ++i) add("pci", i, config.pci[i].text);
  return devices;
}

}  // namespace xenacm::api
