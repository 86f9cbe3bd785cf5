// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/intents.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "enforcer/gate/printable.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

using monitor::DomId;
using monitor::LinkKey;
using monitor::MalformedWrite;

struct Pair {
  DomId frontend;
  DomId backend;
};

std::string quoted(std::string_view value) { return '"' + printable(value) + '"'; }

std::string value_or_empty(const Values& values, const std::string& path) {
  const auto found = values.find(path);
  return found == values.end() ? std::string() : found->second;
}

// Every pair that the pointer joins in somebody's reading of it; empty if its value names no domain.
std::vector<Pair> pairs_of(const LinkPointer& pointer, DomId frontend, std::string_view value) {
  switch (pointer.pointer) {
    case Pointer::frontend:
      if (const auto named = parse_frontend_path(value)) return {{frontend, pointer.owner}, {*named, pointer.owner}};
      return {};
    case Pointer::frontend_id:
      if (const auto named = parse_domid(value)) return {{frontend, pointer.owner}, {*named, pointer.owner}};
      return {};
    case Pointer::backend:
      if (const auto named = parse_backend_path(value)) {
        return {{frontend, named->backend}, {named->frontend, named->backend}};
      }
      return {};
    case Pointer::backend_id:
      if (const auto named = parse_domid(value)) return {{frontend, *named}};
      return {};
  }
  return {};
}

class Collector {
 public:
  explicit Collector(const Values& values) : values_(values) {}

  void add(const std::string& path, const std::string& value) {
    const Meaning meaning = meaning_of(path);
    if (const auto* vm = std::get_if<DomainVm>(&meaning)) add_domain(path, value, vm->domid);
    if (const auto* pointer = std::get_if<LinkPointer>(&meaning)) add_link(path, value, *pointer);
  }

  std::vector<Intent> take() {
    std::vector<Intent> intents = std::move(malformed_);
    std::ranges::move(domains_, std::back_inserter(intents));
    for (auto& [key, bridge] : links_) intents.emplace_back(monitor::AttachLink{key, std::move(bridge)});
    return intents;
  }

 private:
  void refuse(const std::string& path, std::string why) {
    malformed_.emplace_back(MalformedWrite{printable(path), std::move(why)});
  }

  void add_domain(const std::string& path, const std::string& value, DomId domid) {
    constexpr std::string_view kVms = "/vm/";
    const auto uuid = value.starts_with(kVms) ? monitor::parse_uuid(std::string_view(value).substr(kVms.size()))
                                              : std::optional<monitor::Uuid>();
    if (!uuid) return refuse(path, quoted(value) + " is not /vm/UUID");
    std::string name = value_or_empty(values_, "/local/domain/" + std::to_string(domid.get()) + "/name");
    if (name.empty()) name = value_or_empty(values_, value + "/name");
    domains_.emplace_back(monitor::StartDomain{.domid = domid,
                                               .uuid = *uuid,
                                               .name = monitor::DomainName(std::move(name)),
                                               .disks = {},
                                               .pci = {},
                                               .vifs = {}});
  }

  void add_link(const std::string& path, const std::string& value, const LinkPointer& pointer) {
    if (!pointer.frontend) return refuse(path, "the path does not name its frontend by a domain id");
    if (!pointer.device) return refuse(path, "the path does not name its device by a number");
    const auto pairs = pairs_of(pointer, *pointer.frontend, value);
    if (pairs.empty()) return refuse(path, quoted(value) + " does not name the other end");
    for (const Pair& pair : pairs) {
      LinkKey key{std::string(pointer.device_class), pair.frontend, pair.backend, *pointer.device};
      std::string bridge = value_or_empty(values_, bridge_path(key));
      links_.try_emplace(std::move(key), std::move(bridge));
    }
  }

  static std::string bridge_path(const LinkKey& key) {
    return "/local/domain/" + std::to_string(key.backend.get()) + "/backend/" + key.device_class + '/' +
           std::to_string(key.frontend.get()) + '/' + std::to_string(key.device) + "/bridge";
  }

  const Values& values_;
  std::vector<Intent> malformed_;
  std::vector<Intent> domains_;
  std::map<LinkKey, std::string> links_;
};

}  // namespace

std::vector<Intent> intents_of(const Values& values) {
  Collector collector(values);
  for (const auto& [path, value] : values) collector.add(path, value);
  return collector.take();
}

}  // namespace xenacm::gate
