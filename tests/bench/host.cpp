// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/host.h"

#include <cstdio>
#include <stdexcept>

namespace xenacm::bench {

using namespace monitor;

namespace {

// Every other label, so that no two are of one conflict set.
std::string label_of(std::size_t number, std::size_t labels) { return "l" + std::to_string(2 * number % labels); }

// The disks carry the first type of the last domain's label.
StoredLabel label_of_disks(const HostSize& size, const policy::Tables& tables) {
  const policy::VmLabelId row = *tables.find_vm_label(label_of(size.bound, size.labels));
  const std::vector<std::string> types = policy::type_names(tables.ste(row), tables.ste_types);
  for (const std::string& type : types) {
    const std::string label = "r" + type.substr(1);
    if (tables.find_resource_label(label)) return {tables.ref.name, label};
  }
  throw std::logic_error("no resource label for the last domain");
}

State made(const HostSize& size) {
  const auto document =
      std::make_shared<const std::string>(synthetic_policy({size.labels, size.types, size.conflict_sets}));
  State state(std::make_shared<const policy::Compiled>(policy::compile_document(*document).value()), document);
  state.apply(PutMode{"", Mode::enforcing});
  for (std::size_t i = 1; i <= size.bound; ++i) {
    const StoredLabel label{"synthetic", label_of(i, size.labels)};
    state.apply(PutBinding{name_of(i), {label, uuid_of(i), {}}});
    if (i <= size.running) {
      state.apply(PutRunning{{DomId(static_cast<std::uint16_t>(i)), uuid_of(i), name_of(i), label}});
    }
  }
  const StoredLabel of_disks = label_of_disks(size, state.tables());
  for (std::size_t i = 0; i < size.resources; ++i) {
    const Resource resource = disk(i);
    state.apply(PutResource{resource.name, {of_disks, resource.identity}});
  }
  return state;
}

}  // namespace

const State& host(const HostSize& size) {
  static std::map<HostSize, State> hosts;
  const auto found = hosts.find(size);
  return found != hosts.end() ? found->second : hosts.emplace(size, made(size)).first->second;
}

Uuid uuid_of(std::size_t number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012zx", number);
  return Uuid(text);
}

DomainName name_of(std::size_t number) { return DomainName("domain" + std::to_string(number)); }

Resource disk(std::size_t number) {
  const std::string text = std::to_string(number);
  return {ResourceName("phy:/dev/vg/disk" + text), Identity{"device dm-uuid-LVM-" + text, "", ""}, {}};
}

StartDomain start_of_last(const HostSize& size, std::size_t disks) {
  StartDomain start{.domid = DomId(30'000), .uuid = uuid_of(size.bound), .name = name_of(size.bound)};
  for (std::size_t i = 0; i < disks; ++i) start.disks.push_back({disk(i * (size.resources / disks))});
  return start;
}

}  // namespace xenacm::bench
