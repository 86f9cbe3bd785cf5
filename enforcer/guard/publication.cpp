// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/publication.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace xenacm::guard {

namespace {

constexpr const char* kName = "xenacm";

bool says(xen::Xenstore& store, const std::string& directory, const xen::Xenstore::Writes& nodes) {
  return std::ranges::all_of(
      nodes, [&](const auto& node) { return store.read(directory + '/' + kName + '/' + node.first) == node.second; });
}

void tell(xen::Xenstore& store, const std::string& directory, const xen::Xenstore::Writes& nodes) {
  const auto reader = owner_of(directory);
  if (!reader || says(store, directory, nodes)) return;
  if (auto told = store.publish(directory, kName, nodes, *reader); !told) spdlog::error("guard: {}", told.error());
}

}  // namespace

void publish(xen::Xenstore& store, const Recorded& recorded, const std::string& directory, const Reading& reading) {
  if (!is_backend(directory) || reading.links.empty() || !reading.malformed.empty() || reading.unreadable) return;
  const bool admitted = std::ranges::all_of(
      reading.links, [&](const monitor::AttachLink& link) { return recorded.links.contains(link.key); });
  const monitor::LinkKey& key = reading.links.front().key;
  const monitor::RunningDomain* frontend = recorded.find(key.frontend);
  if (!admitted || frontend == nullptr) return;
  xen::Xenstore::Writes nodes{{"frontend-label", frontend->label.text()}};
  const auto label = recorded.link_labels.find(key);
  if (label != recorded.link_labels.end()) nodes.emplace_back("link-label", label->second.text());
  nodes.emplace_back("verdict", "allow");
  tell(store, directory, nodes);
}

void publish_denial(xen::Xenstore& store, const std::string& directory, const std::string& reason) {
  if (is_backend(directory)) tell(store, directory, {{"reason", reason}, {"verdict", "deny"}});
}

}  // namespace xenacm::guard
