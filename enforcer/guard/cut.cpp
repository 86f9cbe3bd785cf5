// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/cut.h"

#include <algorithm>

namespace xenacm::guard {

namespace {

constexpr const char* kClosing = "5";  // XenbusStateClosing
constexpr const char* kClosed = "6";

// Who serves it has let go of it. A driver domain's xl devd removes the directory, and has to: what is removed under
// its hands it goes on to believe in. Nobody does so for Domain-0.
bool has_closed(xen::Xenstore& store, const std::string& backend) {
  if (!store.read(backend)) return true;
  return owner_of(backend) == monitor::kDomain0 && store.read(backend + "/state") == kClosed;
}

// libxl's own record of a front end's device: /libxl/F/device/CLASS/I.
std::string record_of(const std::string& frontend) {
  constexpr std::string_view kDomains = "/local/domain/";
  return "/libxl/" + frontend.substr(kDomains.size());
}

// The front end that libxl made for the back end B/backend/CLASS/F/I.
std::string record_beside(const std::string& backend) {
  const std::size_t device = backend.rfind('/');
  const std::size_t frontend = backend.rfind('/', device - 1);
  const std::size_t back_class = backend.rfind('/', frontend - 1);
  const std::string name = backend.substr(back_class + 1, frontend - back_class - 1);
  return "/libxl/" + backend.substr(frontend + 1, device - frontend - 1) + "/device/" +
         (name == "qdisk" ? "vbd" : name) + backend.substr(device);
}

}  // namespace

void Cut::add(const std::string& directory) { (is_backend(directory) ? backends_ : frontends_).insert(directory); }

bool Cut::is_about(const std::string& directory) const {
  return backends_.contains(directory) || frontends_.contains(directory);
}

std::expected<bool, std::string> Cut::step(xen::Xenstore& store, Clock::time_point now) {
  if (!closing_) {
    if (auto closed = close(store, now); !closed) return std::unexpected(closed.error());
  }
  const bool all_closed = std::ranges::all_of(backends_, [&](const auto& end) { return has_closed(store, end); });
  if (!all_closed && now < deadline_) return false;
  if (auto removed = remove(store); !removed) return std::unexpected(removed.error());
  return true;
}

std::expected<void, std::string> Cut::close(xen::Xenstore& store, Clock::time_point now) {
  xen::Xenstore::Writes writes;
  for (const std::string& backend : backends_) {
    if (!store.read(backend)) continue;
    writes.emplace_back(backend + "/online", "0");
    writes.emplace_back(backend + "/state", kClosing);
  }
  if (!writes.empty()) {
    if (auto written = store.write(writes); !written) return written;
  }
  closing_ = true;
  deadline_ = now + kCloseTime;
  return {};
}

std::expected<void, std::string> Cut::remove(xen::Xenstore& store) {
  std::set<std::string> directories = frontends_;
  for (const std::string& frontend : frontends_) directories.insert(record_of(frontend));
  for (const std::string& backend : backends_) {
    directories.insert(backend);
    const std::string record = record_beside(backend);
    if (store.read(record + "/backend") == backend) directories.insert(record);
  }
  for (const std::string& directory : directories) {
    if (auto removed = store.remove(directory); !removed) return removed;
  }
  return {};
}

}  // namespace xenacm::guard
