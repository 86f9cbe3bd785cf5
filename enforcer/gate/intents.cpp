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
    if (const auto* attribute = std::get_if<LinkAttribute>(&meaning)) add_attribute(path, *attribute);
  }

  std::vector<Intent> take() {
    std::vector<Intent> intents = std::move(malformed_);
    std::ranges::move(domains_, std::back_inserter(intents));
    for (auto& [key, attach] : links_) intents.emplace_back(std::move(attach));
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
    domains_.emplace_back(
        monitor::StartDomain{.domid = domid, .uuid = *uuid, .name = monitor::DomainName(std::move(name))});
  }

  void add_link(const std::string& path, const std::string& value, const LinkPointer& pointer) {
    if (!pointer.frontend) return refuse(path, "the path does not name its frontend by a domain id");
    if (!pointer.device) return refuse(path, "the path does not name its device by a number");
    const auto pairs = pairs_of(pointer, *pointer.frontend, value);
    if (pairs.empty()) return refuse(path, quoted(value) + " does not name the other end");
    for (const Pair& pair : pairs) {
      join({std::string(pointer.device_class), pair.frontend, pair.backend, *pointer.device});
    }
  }

  // Written without a pointer it changes what a link is made of that may be there already.
  void add_attribute(const std::string& path, const LinkAttribute& attribute) {
    if (!attribute.key) return refuse(path, "the path does not name its link by numbers");
    join(*attribute.key);
  }

  void join(LinkKey key) {
    if (links_.contains(key)) return;
    monitor::AttachLink attach{key, {}, {}};
    if (key.device_class == "vif") {
      attach.network = {value_or_empty(values_, attribute_path(key, "vif", "bridge")),
                        value_or_empty(values_, attribute_path(key, "vif", "gatewaydev"))};
    } else {
      const std::string device = attribute_path(key, "vbd", "params");
      add_disk(device, value_or_empty(values_, device), attach);
      const std::string image = attribute_path(key, "qdisk", "params");
      add_disk(image, without_format(value_or_empty(values_, image)), attach);
    }
    links_.emplace(std::move(key), std::move(attach));
  }

  // Below qdisk params is FORMAT:PATH.
  static std::string without_format(const std::string& params) {
    const std::size_t colon = params.find(':');
    return colon == std::string::npos ? params : params.substr(colon + 1);
  }

  // A drive that holds nothing has empty params.
  void add_disk(const std::string& path, const std::string& disk, monitor::AttachLink& attach) {
    if (disk.empty()) return;
    auto name = monitor::disk_name(disk);
    if (!name) return refuse(path, printable(name.error()));
    attach.resources.push_back({*std::move(name), std::nullopt, {}});
  }

  static std::string attribute_path(const LinkKey& key, std::string_view backend_class, std::string_view attribute) {
    return "/local/domain/" + std::to_string(key.backend.get()) + "/backend/" + std::string(backend_class) + '/' +
           std::to_string(key.frontend.get()) + '/' + std::to_string(key.device) + '/' + std::string(attribute);
  }

  const Values& values_;
  std::vector<Intent> malformed_;
  std::vector<Intent> domains_;
  std::map<LinkKey, monitor::AttachLink> links_;
};

}  // namespace

std::vector<Intent> intents_of(const Values& values) {
  Collector collector(values);
  for (const auto& [path, value] : values) collector.add(path, value);
  return collector.take();
}

}  // namespace xenacm::gate
