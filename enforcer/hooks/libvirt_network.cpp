// SPDX-License-Identifier: Apache-2.0
// acm-hook libvirt-network NETWORK OPERATION SUBOPERATION EXTRA, as libvirt calls /etc/libvirt/hooks/network.
#include "enforcer/hooks/hooks.h"
#include "enforcer/hooks/input.h"
#include "enforcer/hooks/libvirt_domain.h"

namespace xenacm::hooks {

// The backend is taken for Domain-0: libvirt does not say which it is. Before its owner runs, the port is asked about
// as part of the owner's start.
Outcome libvirt_network_hook(const Settings& settings, const std::vector<std::string>& words) {
  if (words.size() < 2) return no_verdict("libvirt's words are NETWORK OPERATION SUBOPERATION EXTRA");
  if (words[1] != "port-created") return {};
  const auto xml = read_standard_input();
  const auto port = xml ? describe_libvirt_port(*xml) : std::unexpected(xml.error());
  if (!port) return no_verdict(port.error());
  const Daemon daemon(settings, "libvirt");
  const nlohmann::json vif{{"bridge", port->bridge}};
  if (const auto outcome = daemon.ask_attach({{"domain", port->owner}, {"vif", vif}})) return *outcome;
  nlohmann::json owner{{"name", port->owner}, {"vifs", {vif}}};
  if (!port->uuid.empty()) owner["uuid"] = port->uuid;
  return daemon.ask_start({{"domain", owner}, {"holder", nullptr}});
}

}  // namespace xenacm::hooks
