// SPDX-License-Identifier: Apache-2.0
// What a domain's XML says, as libvirt hands it to its hooks (libvirt: Domain XML format).
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace xenacm::hooks {

// The domain as POST /v1/tickets takes it. Its label is <xenacm:label xmlns:xenacm="urn:xenacm:1" policy="P">L</…> in
// <metadata>, where there is one. Left out is what has no name before libvirt makes one: disks of networks and volumes,
// and interfaces of libvirt's networks, about which the hook of the network asks. The error says what is wrong.
[[nodiscard]] std::expected<nlohmann::json, std::string> describe_libvirt_domain(std::string_view xml);

// The port of a network that is about to be used: whose it is, and the bridge.
struct NetworkPort {
  std::string owner;
  std::string uuid;
  std::string bridge;  // empty: none
};
[[nodiscard]] std::expected<NetworkPort, std::string> describe_libvirt_port(std::string_view xml);

}  // namespace xenacm::hooks
