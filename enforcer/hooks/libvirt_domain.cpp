// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/libvirt_domain.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <pugixml.hpp>

namespace xenacm::hooks {

namespace {

using nlohmann::json;
using Described = std::expected<json, std::string>;

constexpr std::string_view kNamespace = "urn:xenacm:1";

// pugixml knows no namespaces: "x:label" has that of the nearest xmlns:x.
std::string_view namespace_of(pugi::xml_node node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.find(':');
  const std::string declaration =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  for (; node; node = node.parent()) {
    if (const auto attribute = node.attribute(declaration.c_str())) return attribute.value();
  }
  return {};
}

std::string_view local_name(pugi::xml_node node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') + 1);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first));
}

std::expected<void, std::string> add_label(pugi::xml_node root, json& domain) {
  for (const pugi::xml_node element : root.child("metadata").children()) {
    if (local_name(element) != "label" || namespace_of(element) != kNamespace) continue;
    if (domain.contains("label")) return std::unexpected<std::string>("<metadata> has more than one label of xenacm");
    const std::string label = trimmed(element.child_value());
    if (label.empty()) return std::unexpected<std::string>("the label in <metadata> is empty");
    domain["label"] = label;
    if (const auto policy = element.attribute("policy")) domain["policy"] = policy.value();
  }
  return {};
}

void add_backend(pugi::xml_node device, json& described) {
  if (const auto name = device.child("backenddomain").attribute("name")) described["backend"] = name.value();
}

void add_disk(pugi::xml_node disk, json& disks) {
  const std::string_view type = disk.attribute("type").value();
  const auto source = disk.child("source").attribute(type == "block" ? "dev" : "file");
  if ((type != "block" && type != "file") || !source || *source.value() == '\0') return;
  const std::string path = source.value();
  json described{{"name", path.starts_with('/') ? path : "/dev/" + path}};
  add_backend(disk, described);
  disks.push_back(std::move(described));
}

// <address domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>, with numbers in any form of C's.
Described pci_of(pugi::xml_node source) {
  const pugi::xml_node address = source.child("address");
  std::array<unsigned, 4> numbers{};
  constexpr std::array kKeys{"domain", "bus", "slot", "function"};
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    std::string_view text = address.attribute(kKeys[i]).value();
    if (text.empty() && i == 0) continue;  // which may be left out
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), numbers[i], hexadecimal ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return std::unexpected<std::string>("the address of a PCI device is not understood");
    }
  }
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04x:%02x:%02x.%x", numbers[0], numbers[1], numbers[2], numbers[3]);
  return json(text.data());
}

// `number`: which interface of the domain it is, those of networks counted.
void add_vif(pugi::xml_node interface, unsigned number, json& vifs) {
  const std::string_view type = interface.attribute("type").value();
  const auto bridge = interface.child("source").attribute("bridge");
  if (type == "network" && !bridge) return;
  json described{{"number", number}};
  if (bridge) described["bridge"] = bridge.value();
  add_backend(interface, described);
  vifs.push_back(std::move(described));
}

std::expected<void, std::string> add_devices(pugi::xml_node devices, json& domain) {
  for (const char* list : {"disks", "vifs", "pci"}) domain[list] = json::array();
  unsigned vifs = 0;
  for (const pugi::xml_node device : devices.children()) {
    const std::string_view kind = device.name();
    const std::string_view type = device.attribute("type").value();
    const bool pci = (kind == "hostdev" && type == "pci") || (kind == "interface" && type == "hostdev");
    if (pci) {
      const Described address = pci_of(device.child("source"));
      if (!address) return std::unexpected(address.error());
      domain["pci"].push_back(*address);
    } else if (kind == "disk") {
      add_disk(device, domain["disks"]);
    } else if (kind == "interface") {
      add_vif(device, vifs++, domain["vifs"]);
    }
  }
  return {};
}

std::expected<pugi::xml_node, std::string> root_of(pugi::xml_document& document, std::string_view xml,
                                                   const char* name) {
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) {
    return std::unexpected("libvirt's XML cannot be read: " + std::string(parsed.description()) + " at byte " +
                           std::to_string(parsed.offset));
  }
  const pugi::xml_node root = document.child(name);
  if (!root) return std::unexpected("libvirt's XML has no <" + std::string(name) + ">");
  return root;
}

}  // namespace

Described describe_libvirt_domain(std::string_view xml) {
  pugi::xml_document document;
  const auto root = root_of(document, xml, "domain");
  if (!root) return std::unexpected(root.error());
  const std::string name = root->child_value("name");
  json domain{{"name", name}};
  if (name.empty()) return std::unexpected<std::string>("libvirt's XML gives the domain no name");
  if (const std::string uuid = trimmed(root->child_value("uuid")); !uuid.empty()) domain["uuid"] = uuid;
  if (auto added = add_label(*root, domain); !added) return std::unexpected(added.error());
  if (auto added = add_devices(root->child("devices"), domain); !added) return std::unexpected(added.error());
  return domain;
}

std::expected<NetworkPort, std::string> describe_libvirt_port(std::string_view xml) {
  pugi::xml_document document;
  const auto root = root_of(document, xml, "hookData");
  if (!root) return std::unexpected(root.error());
  const pugi::xml_node port = root->child("networkport");
  const pugi::xml_node owner = port.child("owner");
  NetworkPort described{owner.child_value("name"), trimmed(owner.child_value("uuid")),
                        port.child("plug").attribute("bridge").value()};
  if (described.owner.empty()) return std::unexpected<std::string>("libvirt's XML does not say whose port it is");
  if (described.bridge.empty()) described.bridge = root->child("network").child("bridge").attribute("name").value();
  return described;
}

}  // namespace xenacm::hooks
