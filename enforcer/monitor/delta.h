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
  // The label as it was bound, where policy updates have changed it since: what the domain's configuration says.
  std::optional<StoredLabel> configured;
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

// Chinese Wall types that are held for a domain that is about to start. Not kept in the ledger: whoever waits for it
// asks again after a restart.
struct Ticket {
  std::string id;
  DomainName name;
  Uuid uuid;  // nil: whatever uuid the domain will have
  StoredLabel label;
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

struct Link {
  LinkKey key;
  Network network;
  std::vector<Resource> resources;  // as they were seen; "phy@nicdom:/dev/a" where nicdom is the backend
  friend bool operator==(const Link&, const Link&) = default;
};

// A label, and the thing that carries it.
struct LabelledResource {
  StoredLabel label;
  std::optional<Identity> identity;  // none: nothing was at the name yet
  friend bool operator==(const LabelledResource&, const LabelledResource&) = default;
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
  LabelledResource resource;
};
struct DropResource {
  ResourceName name;
};
struct PutVifLabel {
  VifName vif;
  StoredLabel label;
};
struct DropVifLabel {
  VifName vif;
};
struct PutRunning {
  RunningDomain domain;
};
struct DropRunning {
  DomId domid;
};
struct PutTicket {
  Ticket ticket;
};
struct DropTicket {
  std::string id;
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
  std::string signature = {};  // base64; empty: none
};

using Change = std::variant<PutBinding, DropBinding, PutResource, DropResource, PutVifLabel, DropVifLabel, PutRunning,
                            DropRunning, PutTicket, DropTicket, PutLink, DropLink, PutMode, DropMode, PutPolicy>;
using Delta = std::vector<Change>;

}  // namespace xenacm::monitor
