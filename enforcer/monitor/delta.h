// SPDX-License-Identifier: Apache-2.0
// What a decision changes: a list of whole rows to put or drop, the same for the state in memory and for the ledger.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::monitor {

// The label that a domain gets when it starts.
struct Binding {
  StoredLabel label;
  std::optional<Uuid> uuid;  // where given, the binding is for this domain alone
  friend bool operator==(const Binding&, const Binding&) = default;
};

// A domain that the hypervisor has, or is about to have: admitted, paused and dying ones included.
struct RunningDomain {
  DomId domid;
  Uuid uuid;
  DomainName name;
  StoredLabel label;
  bool adopted = false;  // no verdict covers it
  friend bool operator==(const RunningDomain&, const RunningDomain&) = default;
};

struct Link {
  LinkKey key;
  std::string bridge;
  friend bool operator==(const Link&, const Link&) = default;
};

struct PutBinding {
  DomainName name;
  Binding binding;
};
struct DropBinding {
  DomainName name;
};
struct PutResource {
  ResourceName name;
  StoredLabel label;
};
struct DropResource {
  ResourceName name;
};
struct PutRunning {
  RunningDomain domain;
};
struct DropRunning {
  DomId domid;
};
struct PutLink {
  Link link;
};
struct DropLink {
  LinkKey key;
};
struct PutMode {
  std::string label;  // empty: the global mode
  Mode mode = Mode::enforcing;
};
struct DropMode {
  std::string label;
};
struct PutPolicy {
  std::shared_ptr<const policy::Compiled> compiled;
  std::shared_ptr<const std::string> document;
};

using Change = std::variant<PutBinding, DropBinding, PutResource, DropResource, PutRunning, DropRunning, PutLink,
                            DropLink, PutMode, DropMode, PutPolicy>;
using Delta = std::vector<Change>;

}  // namespace xenacm::monitor
