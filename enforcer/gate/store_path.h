// SPDX-License-Identifier: Apache-2.0
// What a path of the store means to the gate (docs/gate.md, "Paths").
//
//   /local/domain/N/vm                                         brings domain N into being
//   /local/domain/N/name, /vm/UUID/name                        its name
//   /local/domain/B/backend/CLASS/F/I/{frontend,frontend-id}   join frontend F to backend B
//   /local/domain/F/device/CLASS/I/{backend,backend-id}        the same, from the other side
//   /local/domain/F/console/{backend,backend-id}               the first console's
//   /local/domain/F/vuart/I/{backend,backend-id}               a vuart's
//   /local/domain/B/backend/CLASS/F/I/KEY                      what the link is made of (link_attributes.h)
//   /libxl/pci/SSSS-BB-DD-F/domid                              whose a PCI device is to be; libxl assigns it then
//
// xenstored compares names byte by byte: /local/domain/07 is not domain 7's. The names below a domain's own directory
// are another matter: a kernel follows backend/vif/ANYTHING/ANYTHING by the pointers found there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/monitor/request.h"

namespace xenacm::gate {

// The class of a link by the name of a directory: the frontend's name for it, where backends have several.
[[nodiscard]] std::string_view link_class(std::string_view directory);

// The directories below which backends of the class stand: vbd, qdisk and vbd3 for vbd. Its own name comes first.
[[nodiscard]] std::vector<std::string_view> backend_names(std::string_view device_class);

inline constexpr std::uint32_t kMaxDomId = 32751;  // 0x7FF0 and above are Xen's reserved ids

// Decimal digits without sign, leading zero or anything around them: the one spelling that every reader takes for the
// same number ("010" is ten to one and eight to another).
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view text);
[[nodiscard]] std::optional<monitor::DomId> parse_domid(std::string_view text);

// The path as xenstored completes it for a client in Domain-0.
[[nodiscard]] std::string absolute_path(std::string_view path);

struct DomainVm {
  monitor::DomId domid;  // never 0
};

enum class Pointer { frontend, frontend_id, backend, backend_id };

// `owner` is whose directory the pointer stands in: the backend of frontend and frontend-id, the frontend of the
// others.
struct LinkPointer {
  Pointer pointer{};
  monitor::DomId owner;
  std::optional<std::string_view> device_class;  // of the link; none if it is not a plain name of one
  std::optional<monitor::DomId> frontend;        // as the path names it; none if it is not a domain id
  std::optional<std::uint32_t> device;           // none if it is not a number
};

struct NameOfDomain {
  monitor::DomId domid;  // never 0
};

// The name that a domain has while it has none of its own: of interest only beside its vm.
struct NameOfVm {};

// What a link is made of. `key` is none if the path does not name one link.
struct LinkAttribute {
  std::optional<monitor::LinkKey> key;
};

// libxl writes whose a PCI device is before it gives the device to that domain, and the backend's nodes afterwards.
struct PciAssignment {
  std::string address;  // SSSS:BB:DD.F
};

using Meaning =
    std::variant<std::monostate, DomainVm, LinkPointer, NameOfDomain, NameOfVm, LinkAttribute, PciAssignment>;

// Views into `path`, which is absolute.
[[nodiscard]] Meaning meaning_of(std::string_view path);

// The device that a pointer's value names: /local/domain/F/device/CLASS/I and the like for `frontend`.
struct FrontendPath {
  std::string_view device_class;  // of the link
  monitor::DomId frontend;
  std::uint32_t device = 0;
};
[[nodiscard]] std::optional<FrontendPath> parse_frontend_path(std::string_view value);

// ... and /local/domain/B/backend/CLASS/F/I for `backend`.
[[nodiscard]] std::optional<monitor::LinkKey> parse_backend_path(std::string_view value);

// The domain whose directory the path leads to or into.
[[nodiscard]] std::optional<monitor::DomId> home_of(std::string_view path);

// The device whose directory, at one of its ends, the path leads to or into.
struct DeviceDirectory {
  std::string_view device_class;  // of the link
  monitor::DomId owner;
  std::uint32_t device = 0;
  bool of_backend = false;
};
[[nodiscard]] std::optional<DeviceDirectory> device_directory(std::string_view path);

// A directory that holds backends: of a domain, of one class, of one class and one frontend, or one device's.
struct BackendDirectory {
  monitor::DomId backend;
  std::optional<std::string> name;  // of the class, as the path has it
  std::optional<monitor::DomId> frontend;
  std::optional<std::uint32_t> device;
  friend auto operator<=>(const BackendDirectory&, const BackendDirectory&) = default;
  [[nodiscard]] bool holds(const monitor::LinkKey& link) const;
};
// /local/domain/B, /local/domain/B/backend and what is below that, if the path names it by plain numbers.
[[nodiscard]] std::optional<BackendDirectory> backend_directory(std::string_view path);

}  // namespace xenacm::gate
