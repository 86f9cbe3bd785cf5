// SPDX-License-Identifier: Apache-2.0
// What a path of the store means to the gate (docs/gate.md, "Paths").
//
//   /local/domain/N/vm                                         brings domain N into being
//   /local/domain/N/name, /vm/UUID/name                        its name
//   /local/domain/B/backend/CLASS/F/I/{frontend,frontend-id}   join frontend F to backend B
//   /local/domain/F/device/CLASS/I/{backend,backend-id}        the same, from the other side
//   /local/domain/B/backend/vif/F/I/{bridge,gatewaydev}        what a vif is plugged into
//   /local/domain/B/backend/{vbd,qdisk}/F/I/params             what a disk is
//
// xenstored compares names byte by byte: /local/domain/07 is not domain 7's. The names below a domain's own directory
// are another matter: a kernel follows backend/vif/ANYTHING/ANYTHING by the pointers found there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "enforcer/monitor/ids.h"
#include "enforcer/monitor/request.h"

namespace xenacm::gate {

// Device classes whose links are decided, by the names that their backends go by; a frontend's vbd may have a backend
// of either kind.
inline constexpr std::array<std::string_view, 3> kMediatedClasses{"vif", "vbd", "qdisk"};

// The class of a link: a backend's qdisk is a vbd.
[[nodiscard]] std::string_view link_class(std::string_view backend_class);

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
  std::string_view device_class;  // of the link
  monitor::DomId owner;
  std::optional<monitor::DomId> frontend;  // as the path names it; none if it is not a domain id
  std::optional<std::uint32_t> device;     // none if it is not a number
};

// A domain's name: of interest only beside its vm.
struct NameOfDomain {};

// What a link is made of. `key` is none if the path does not name one link.
struct LinkAttribute {
  std::optional<monitor::LinkKey> key;
};

using Meaning = std::variant<std::monostate, DomainVm, LinkPointer, NameOfDomain, LinkAttribute>;

// Views into `path`, which is absolute.
[[nodiscard]] Meaning meaning_of(std::string_view path);

// The link whose backend directory `path` is, if it names one exactly.
[[nodiscard]] std::optional<monitor::LinkKey> link_directory(std::string_view path);

// The domain and device pair that a pointer's value names: /local/domain/F/device/CLASS/I for `frontend`,
// /local/domain/B/backend/CLASS/F/I for `backend`.
[[nodiscard]] std::optional<monitor::DomId> parse_frontend_path(std::string_view value);
struct BackendPath {
  monitor::DomId backend;
  monitor::DomId frontend;
};
[[nodiscard]] std::optional<BackendPath> parse_backend_path(std::string_view value);

}  // namespace xenacm::gate
