// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/remains.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>

#include "enforcer/guard/ends.h"

namespace xenacm::guard {

using monitor::DomId;

namespace {

void remove(xen::Xenstore& store, const std::string& path) {
  if (auto removed = store.remove(path); !removed) spdlog::error("guard: {}", removed.error());
}

// A driver domain's xl devd removes what is closed, and has to: what is removed under its hands it goes on to believe
// in.
void close_back_ends(xen::Xenstore& store, DomId backend, DomId frontend) {
  const std::string classes = home_of(backend) + "/backend";
  for (const std::string& device_class : store.list(classes)) {
    const std::string devices = classes + '/' + device_class + '/' + std::to_string(frontend.get());
    if (backend == monitor::kDomain0 && store.read(devices)) remove(store, devices);
    for (const std::string& device : store.list(devices)) {
      const std::string directory = devices + '/' + device;
      if (auto closed = store.write({{directory + "/online", "0"}, {directory + "/state", "6"}}); !closed) {
        spdlog::error("guard: {}", closed.error());
      }
    }
  }
}

}  // namespace

void remove_remains(xen::Xenstore& store, DomId domid, const std::vector<DomId>& present) {
  for (const DomId backend : present) {
    if (backend != domid) close_back_ends(store, backend, domid);
  }
  const auto vm = store.read(home_of(domid) + "/vm");
  const bool shared = std::ranges::any_of(
      present, [&](DomId other) { return other != domid && store.read(home_of(other) + "/vm") == vm; });
  if (vm && vm->starts_with("/vm/") && !shared) remove(store, *vm);
  remove(store, home_of(domid));
  remove(store, "/libxl/" + std::to_string(domid.get()));
}

}  // namespace xenacm::guard
