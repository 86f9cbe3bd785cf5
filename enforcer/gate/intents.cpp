// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/intents.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "enforcer/gate/permissions.h"
#include "enforcer/gate/printable.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

using monitor::DomId;
using monitor::LinkKey;
using monitor::MalformedWrite;

std::string in_quotes(std::string_view value) { return '"' + printable(value) + '"'; }

std::string value_or_empty(const Values& values, const std::string& path) {
  const auto found = values.find(path);
  return found == values.end() ? std::string() : found->second;
}

std::string home_path(DomId domid) { return "/local/domain/" + std::to_string(domid.get()); }

// Every link that the pointer is of in somebody's reading: by its path, and by its value. Empty if the value names no
// other end.
std::vector<LinkKey> readings_of(const LinkPointer& pointer, const LinkKey& by_path, std::string_view value) {
  const auto with = [&](DomId frontend, DomId backend) {
    return LinkKey{by_path.device_class, frontend, backend, by_path.device};
  };
  switch (pointer.pointer) {
    case Pointer::frontend:
      if (const auto named = parse_frontend_path(value)) {
        return {by_path, {std::string(named->device_class), named->frontend, pointer.owner, named->device}};
      }
      return {};
    case Pointer::frontend_id:
      if (const auto named = parse_domid(value)) return {by_path, with(*named, pointer.owner)};
      return {};
    case Pointer::backend:
      if (auto named = parse_backend_path(value)) return {with(pointer.owner, named->backend), *std::move(named)};
      return {};
    case Pointer::backend_id:
      if (const auto named = parse_domid(value)) return {with(pointer.owner, *named)};
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
    if (const auto* name = std::get_if<NameOfDomain>(&meaning)) add_name(value, name->domid);
    if (const auto* pointer = std::get_if<LinkPointer>(&meaning)) add_link(path, value, *pointer);
    if (const auto* attribute = std::get_if<LinkAttribute>(&meaning)) add_attribute(path, *attribute);
    if (const auto* pci = std::get_if<PciAssignment>(&meaning)) add_assignment(path, value, *pci);
  }

  void add_permissions(const std::string& path, const std::string& permissions) {
    auto links = joined_by(path, permissions);
    if (!links) return refuse(path, std::move(links.error()));
    for (LinkKey& link : *links) join(std::move(link));
  }

  std::vector<Intent> take() {
    std::vector<Intent> intents = std::move(malformed_);
    std::ranges::move(domains_, std::back_inserter(intents));
    std::ranges::move(names_, std::back_inserter(intents));
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
    if (!uuid) return refuse(path, in_quotes(value) + " is not /vm/UUID");
    std::string name = value_or_empty(values_, home_path(domid) + "/name");
    if (name.empty()) name = value_or_empty(values_, value + "/name");
    domains_.emplace_back(
        monitor::StartDomain{.domid = domid, .uuid = *uuid, .name = monitor::DomainName(std::move(name))});
  }

  // Beside a vm it is part of the domain's start.
  void add_name(const std::string& name, DomId domid) {
    if (values_.contains(home_path(domid) + "/vm")) return;
    names_.emplace_back(monitor::RenameDomain{domid, monitor::DomainName(name)});
  }

  void add_link(const std::string& path, const std::string& value, const LinkPointer& pointer) {
    if (!pointer.device_class) return refuse(path, "the path does not name a class of devices");
    if (!pointer.frontend) return refuse(path, "the path does not name its frontend by a domain id");
    if (!pointer.device) return refuse(path, "the path does not name its device by a number");
    const LinkKey by_path{std::string(*pointer.device_class), *pointer.frontend, pointer.owner, *pointer.device};
    auto links = readings_of(pointer, by_path, value);
    if (links.empty()) return refuse(path, in_quotes(value) + " does not name the other end");
    for (LinkKey& link : links) join(std::move(link));
  }

  // Written without a pointer it changes what a link is made of that may be there already.
  void add_attribute(const std::string& path, const LinkAttribute& attribute) {
    if (!attribute.key) return refuse(path, "the path does not name its link by numbers");
    join(*attribute.key);
  }

  // Made by mkdir it is nobody's.
  void add_assignment(const std::string& path, const std::string& value, const PciAssignment& assignment) {
    if (value.empty()) return;
    const auto domid = parse_domid(value);
    if (!domid) return refuse(path, in_quotes(value) + " is no domain id");
    auto device = parse_pci(assignment.address);
    if (!device) return refuse(path, printable(device.error()));
    const LinkKey key{"pci", *domid, monitor::kDomain0, 0};
    join(key);
    auto& devices = links_.at(key).resources;
    if (std::ranges::find(devices, *device, &monitor::Resource::name) == devices.end()) {
      devices.push_back({*std::move(device), std::nullopt, {}});
    }
  }

  void join(LinkKey key) {
    if (links_.contains(key)) return;
    monitor::AttachLink attach{key, {}, {}};
    std::ranges::move(describe_link(values_, attach), std::back_inserter(malformed_));
    links_.emplace(std::move(key), std::move(attach));
  }

  const Values& values_;
  std::vector<Intent> malformed_;
  std::vector<Intent> domains_;
  std::vector<Intent> names_;
  std::map<LinkKey, monitor::AttachLink> links_;
};

}  // namespace

std::vector<Intent> intents_of(const Values& values, const Values& permissions) {
  Collector collector(values);
  for (const auto& [path, value] : values) collector.add(path, value);
  for (const auto& [path, access] : permissions) collector.add_permissions(path, access);
  return collector.take();
}

}  // namespace xenacm::gate
