// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/ends.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "enforcer/gate/intents.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::guard {

using monitor::DomId;
using monitor::LinkKey;

namespace {

constexpr std::string_view kDomains = "/local/domain/";

std::string directory_of_domain(DomId domid) { return std::string(kDomains) + std::to_string(domid.get()); }

// The parts of a path behind /local/domain/N/.
std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  if (!owner_of(path)) return parts;
  path.remove_prefix(kDomains.size());
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    path.remove_prefix(slash + 1);
    parts.push_back(path.substr(0, path.find('/')));
  }
  return parts;
}

// How many parts the directory of an end has; 0: none is there.
std::size_t depth_of_ends(const std::vector<std::string_view>& parts) {
  if (parts.empty()) return 0;
  if (parts[0] == "backend") return 4;
  if (parts[0] == "device") return 3;
  if (parts[0] == "vuart") return 2;
  return parts[0] == "console" ? 1 : 0;
}

bool matters(const std::string& path) {
  const gate::Meaning meaning = gate::meaning_of(path);
  return std::holds_alternative<gate::LinkPointer>(meaning) || std::holds_alternative<gate::LinkAttribute>(meaning);
}

// Readers in kernels skip blanks and take 07 and 0x7 for numbers.
bool may_name_a_domain(std::string_view value) {
  const auto digit = std::ranges::find_if(value, [](unsigned char c) { return std::isspace(c) == 0 && c != '+'; });
  return value.starts_with(kDomains) || (digit != value.end() && std::isdigit(static_cast<unsigned char>(*digit)) != 0);
}

void read_into(xen::Xenstore& store, const std::string& directory, gate::Values& values) {
  for (const std::string& name : store.list(directory)) {
    std::string path = directory + '/' + name;
    if (!matters(path)) continue;
    if (auto value = store.read(path)) values.emplace(std::move(path), *std::move(value));
  }
}

// What the link is made of stands at its back end, whichever end speaks of it.
void add_attributes(xen::Xenstore& store, const LinkKey& key, gate::Values& values) {
  gate::Values back;
  for (const std::string& directory : backends_of(key)) read_into(store, directory, back);
  for (auto& [path, value] : back) {
    if (!std::holds_alternative<gate::LinkPointer>(gate::meaning_of(path))) values.emplace(path, std::move(value));
  }
}

// libxl's record comes before the back end, and where a stub domain has the device there is no other.
bool is_assigned_a_device(xen::Xenstore& store, DomId domid) {
  const std::string devices = "/libxl/pci";
  return std::ranges::any_of(store.list(devices), [&](const std::string& device) {
    return store.read(devices + '/' + device + "/domid") == std::to_string(domid.get());
  });
}

}  // namespace

bool Reading::joins(const LinkKey& key) const {
  return std::ranges::any_of(links, [&](const monitor::AttachLink& link) { return link.key == key; });
}

std::string home_of(DomId domid) { return std::string(kDomains) + std::to_string(domid.get()); }

std::optional<DomId> owner_of(std::string_view path) {
  if (!path.starts_with(kDomains)) return std::nullopt;
  path.remove_prefix(kDomains.size());
  return gate::parse_domid(path.substr(0, path.find('/')));
}

bool is_backend(std::string_view directory) {
  const auto parts = parts_of(directory);
  return !parts.empty() && parts[0] == "backend";
}

std::string ends_touched(std::string_view path) {
  const auto parts = parts_of(path);
  const std::size_t depth = depth_of_ends(parts);
  if (depth == 0) return {};
  if (parts.size() <= depth) return std::string(path);
  if (parts.size() > depth + 1 || !matters(std::string(path))) return {};
  return std::string(path.substr(0, path.rfind('/')));
}

std::vector<std::string> ends_at(xen::Xenstore& store, const std::string& path) {
  const auto parts = parts_of(path);
  const std::size_t depth = depth_of_ends(parts);
  if (depth == 0 || parts.size() > depth) return {};
  std::vector<std::string> level{path};
  for (std::size_t at = parts.size(); at < depth; ++at) {
    std::vector<std::string> below;
    for (const std::string& directory : level) {
      for (const std::string& name : store.list(directory)) below.push_back(directory + '/' + name);
    }
    level = std::move(below);
  }
  return level;
}

std::vector<std::string> places_of(DomId domid) {
  const std::string home = directory_of_domain(domid);
  return {home + "/backend", home + "/device", home + "/console", home + "/vuart"};
}

std::string place_of(const std::string& path) {
  return path.substr(0, path.find('/', path.find('/', kDomains.size()) + 1));
}

Reading read_end(xen::Xenstore& store, const std::string& directory) {
  gate::Values values;
  read_into(store, directory, values);
  std::vector<LinkKey> keys;
  for (const gate::Intent& intent : gate::intents_of(values, {})) {
    if (const auto* attach = std::get_if<monitor::AttachLink>(&intent)) keys.push_back(attach->key);
  }
  for (const LinkKey& key : keys) add_attributes(store, key, values);
  Reading reading;
  for (gate::Intent& intent : gate::intents_of(values, {})) {
    if (auto* attach = std::get_if<monitor::AttachLink>(&intent)) {
      if (std::ranges::find(keys, attach->key) != keys.end()) reading.links.push_back(std::move(*attach));
    } else if (auto* malformed = std::get_if<monitor::MalformedWrite>(&intent)) {
      const auto value = values.find(malformed->path);
      if (std::holds_alternative<gate::LinkAttribute>(gate::meaning_of(malformed->path))) {
        reading.unreadable = std::move(*malformed);
      } else if (value == values.end() || may_name_a_domain(value->second)) {
        reading.malformed.push_back(std::move(*malformed));
      }
    }
  }
  return reading;
}

std::vector<std::string> backends_of(const LinkKey& key) {
  std::vector<std::string> directories;
  for (const std::string_view back_class : gate::backend_names(key.device_class)) {
    directories.push_back(directory_of_domain(key.backend) + "/backend/" + std::string(back_class) + '/' +
                          std::to_string(key.frontend.get()) + '/' + std::to_string(key.device));
  }
  return directories;
}

std::vector<std::string> frontends_of(const LinkKey& key) {
  const std::string home = directory_of_domain(key.frontend);
  std::vector<std::string> directories{home + "/device/" + key.device_class + '/' + std::to_string(key.device)};
  if (key.device_class == "console" && key.device == 0) directories.push_back(home + "/console");
  if (key.device_class == "vuart") directories.push_back(home + "/vuart/" + std::to_string(key.device));
  return directories;
}

bool is_absent(xen::Xenstore& store, const LinkKey& key) {
  // These have no directory; they end with their domains.
  if (key.device_class == monitor::kTargetClass || key.device_class == monitor::kNodeClass) return false;
  if (key.device_class == "pci" && is_assigned_a_device(store, key.frontend)) return false;
  const auto is_there = [&](const std::string& directory) { return store.read(directory).has_value(); };
  if (std::ranges::any_of(backends_of(key), is_there)) return false;
  return std::ranges::none_of(frontends_of(key),
                              [&](const std::string& directory) { return read_end(store, directory).joins(key); });
}

}  // namespace xenacm::guard
