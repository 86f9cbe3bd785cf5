// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/cut.h"

#include <algorithm>

namespace xenacm::guard {

namespace {

constexpr const char* kClosing = "5";  // XenbusStateClosing: a front end answers to it
constexpr const char* kClosed = "6";   // ... and xl devd to this

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

// Nothing passes yet: a back end connects when its script has run. What its own domain made gets no such time.
bool is_being_set_up(xen::Xenstore& store, const std::string& backend) {
  if (owner_of(backend) == monitor::kDomain0 || store.read(record_beside(backend) + "/backend") != backend)
    return false;
  const std::string state = store.read(backend + "/state").value_or("");
  return (state == "1" || state == "2" || state == "3") && !store.read(backend + "/hotplug-status");
}

}  // namespace

void Cut::add(const std::string& directory) { (is_backend(directory) ? backends_ : frontends_).insert(directory); }

bool Cut::is_about(const std::string& directory) const {
  return backends_.contains(directory) || frontends_.contains(directory);
}

std::expected<bool, std::string> Cut::step(xen::Xenstore& store, Clock::time_point now) {
  if (!first_step_) first_step_ = now;
  const bool waits = !begun_ && now < *first_step_ + kSetupTime;
  if (waits && std::ranges::any_of(backends_, [&](const auto& end) { return is_being_set_up(store, end); })) {
    return false;
  }
  if (!begun_) begun_ = now;
  const bool asked = now < *begun_ + kCloseTime;
  if (auto declared = declare(store, asked ? kClosing : kClosed); !declared) return std::unexpected(declared.error());
  left_over_ = !std::ranges::all_of(backends_, [&](const auto& end) { return has_closed(store, end); });
  if (left_over_ && now < *begun_ + kCloseTime + kClearTime) return false;
  if (auto removed = remove(store); !removed) return std::unexpected(removed.error());
  return true;
}

// Each time anew: a back end that is just coming up writes its own state over it.
std::expected<void, std::string> Cut::declare(xen::Xenstore& store, const std::string& state) {
  xen::Xenstore::Writes writes;
  for (const std::string& backend : backends_) {
    const auto now = store.read(backend + "/state");
    if (!store.read(backend) || now == state || now == kClosed) continue;
    writes.emplace_back(backend + "/online", "0");
    writes.emplace_back(backend + "/state", state);
  }
  if (writes.empty()) return {};
  return store.write(writes);
}

std::string Cut::told(Clock::time_point now) const {
  return why_ + ": closing began " + std::to_string(ms_between(noticed_, begun_.value_or(now))) +
         " ms after it was noticed, it was gone after " + std::to_string(ms_between(noticed_, now)) + " ms" +
         (left_over_ ? ", its back end removed as it was" : "");
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
