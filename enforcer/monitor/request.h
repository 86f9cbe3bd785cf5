// SPDX-License-Identifier: Apache-2.0
// What can be asked of the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/monitor/resource_name.h"
#include "policy/compiler.h"

namespace xenacm::monitor {

enum class Mode { enforcing, permissive };

// One device connection between two domains, as xenstore names it:
// /local/domain/BACKEND/backend/CLASS/FRONTEND/DEVICE.
struct LinkKey {
  std::string device_class;  // vif
  DomId frontend;
  DomId backend;
  std::uint32_t device = 0;
  friend auto operator<=>(const LinkKey&, const LinkKey&) = default;
};

// A domain comes into being. Everything it is to start with is decided in one step (decisions.md 1).
struct StartDomain {
  // A network interface of its configuration; links made later are an AttachLink each.
  struct Vif {
    DomainName backend{std::string(kDomain0Name)};
    std::string bridge;  // empty: none named
  };
  DomId domid;
  Uuid uuid;
  DomainName name;
  std::vector<ResourceName> disks;
  std::vector<ResourceName> pci;
  std::vector<Vif> vifs;
};

// A domain is gone from the hypervisor, or its start was allowed but did not happen (`withdrawn`).
struct StopDomain {
  DomId domid;
  Uuid uuid;
  bool withdrawn = false;
};

// A domain runs that no verdict covers: it predates the monitor or came round the gate. It is counted for what it is.
struct AdoptDomain {
  DomId domid;
  Uuid uuid;
  DomainName name;
};

struct AttachLink {
  LinkKey key;
  std::string bridge;  // empty: none named
};

// A link is gone, or was allowed but not made (`withdrawn`).
struct DetachLink {
  LinkKey key;
  bool withdrawn = false;
};

// A write to xenstore that would make a domain or a link, but whose meaning cannot be told. Refused in
// enforcing mode, whatever it was meant to be.
struct MalformedWrite {
  std::string path;
  std::string why;
};

// Binds a label to a domain's name (and uuid, where one is given); for Domain-0 it takes effect at once.
struct LabelDomain {
  DomainName name;
  std::optional<Uuid> uuid;
  std::string label;
  std::optional<std::string> policy;  // none: the enforced one
};

struct UnlabelDomain {
  DomainName name;
};

struct LabelResource {
  ResourceName resource;
  std::string label;
  std::optional<std::string> policy;
};

struct UnlabelResource {
  ResourceName resource;
};

// Installs a policy. `document` is what `compiled` was made of.
struct SetPolicy {
  std::shared_ptr<const policy::Compiled> compiled;
  std::shared_ptr<const std::string> document;
};

struct SetMode {
  Mode mode = Mode::enforcing;
  std::optional<std::string> label;  // none: of all labels that have no mode of their own
};

using Request = std::variant<StartDomain, StopDomain, AdoptDomain, AttachLink, DetachLink, MalformedWrite, LabelDomain,
                             UnlabelDomain, LabelResource, UnlabelResource, SetPolicy, SetMode>;

// Who asks. Part of the audit record, never of the decision.
struct Caller {
  std::string via;  // gate, api, guard, daemon
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
  std::string executable;  // empty if it could not be told
};

}  // namespace xenacm::monitor
