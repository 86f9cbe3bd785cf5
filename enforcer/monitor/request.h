// SPDX-License-Identifier: Apache-2.0
// What can be asked of the monitor.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "enforcer/monitor/ids.h"
#include "enforcer/monitor/resource.h"
#include "policy/compiler.h"
#include "policy/lineage.h"

namespace xenacm::monitor {

enum class Mode { enforcing, permissive };

// One device connection between two domains, as xenstore names it:
// /local/domain/BACKEND/backend/CLASS/FRONTEND/DEVICE.
struct LinkKey {
  std::string device_class;  // as the frontend's directory is called: vif, vbd, vtpm, …; or kTargetClass, kNodeClass
  DomId frontend;
  DomId backend;
  std::uint32_t device = 0;
  friend auto operator<=>(const LinkKey&, const LinkKey&) = default;
};

// Links that are no device's: `backend` has the rights of `frontend` in xenstore (XS_SET_TARGET); both may use a node.
inline constexpr std::string_view kTargetClass = "target";
inline constexpr std::string_view kNodeClass = "xenstore";

// What a vif is plugged into, by names of the backend's.
struct Network {
  std::string bridge;  // empty: none named
  std::string nic;     // gateway device of a routed vif; empty: none named
  friend bool operator==(const Network&, const Network&) = default;
};

// A domain comes into being. Everything it is to start with is decided in one step (decisions.md 1).
struct StartDomain {
  // A network interface of its configuration; links made later are an AttachLink each.
  struct Vif {
    DomainName backend{std::string(kDomain0Name)};
    Network network;
    std::optional<std::uint32_t> number;  // none: its place in the list
    friend bool operator==(const Vif&, const Vif&) = default;
  };
  // A disk of its configuration; `resource` as its backend would name it.
  struct Disk {
    Resource resource;
    DomainName backend{std::string(kDomain0Name)};
    friend bool operator==(const Disk&, const Disk&) = default;
  };
  DomId domid;
  Uuid uuid;
  DomainName name;
  std::vector<Disk> disks;
  std::vector<Vif> vifs;
  std::vector<ResourceName> pci;
  std::optional<StoredLabel> claimed;  // what the configuration says of the label, where one is at hand
  friend bool operator==(const StartDomain&, const StartDomain&) = default;
};

// A domain is gone from the hypervisor, or its start was allowed but did not happen (`withdrawn`).
struct StopDomain {
  DomId domid;
  Uuid uuid;
  bool withdrawn = false;
  friend bool operator==(const StopDomain&, const StopDomain&) = default;
};

// A toolstack is about to create the domain and asks first. Where it is allowed, the label's Chinese Wall types are
// held under the ticket until the domain starts or the ticket lapses; a later ticket for the same domain takes its
// place.
struct ReserveStart {
  std::string ticket;  // an id of the caller's choice
  StartDomain start;   // domid: not looked at; uuid: the nil uuid, where the configuration gives none
  friend bool operator==(const ReserveStart&, const ReserveStart&) = default;
};

struct LapseTicket {
  std::string ticket;
  friend bool operator==(const LapseTicket&, const LapseTicket&) = default;
};

// A toolstack sets up a domain's connection to xenstore (XS_INTRODUCE): of one that was admitted.
struct IntroduceDomain {
  DomId domid;
  friend bool operator==(const IntroduceDomain&, const IntroduceDomain&) = default;
};

struct RenameDomain {
  DomId domid;
  DomainName name;
  friend bool operator==(const RenameDomain&, const RenameDomain&) = default;
};

// A domain runs that no verdict covers: it predates the monitor or came round the gate. It is counted for what it is,
// until it is gone. A denial, which only one that `appeared` while the guard watched can get, tells the guard to
// destroy it.
struct AdoptDomain {
  DomId domid;
  Uuid uuid;
  DomainName name;
  bool appeared = false;
  friend bool operator==(const AdoptDomain&, const AdoptDomain&) = default;
};

struct AttachLink {
  LinkKey key;
  Network network;                  // of a vif
  std::vector<Resource> resources;  // the disk of a vbd, the devices of a pci link; as Domain-0 would name them
  bool anew = false;                // its backend directory is made again: what is recorded of the link is over
  friend bool operator==(const AttachLink&, const AttachLink&) = default;
};

// A link is in xenstore that no verdict covers. A denial, which only one that `appeared` while the guard watched can
// get, tells the guard to cut it; any other is recorded for what it is.
struct AdoptLink {
  AttachLink link;
  bool appeared = false;
  friend bool operator==(const AdoptLink&, const AdoptLink&) = default;
};

// A link is gone, or was allowed but not made (`withdrawn`).
struct DetachLink {
  LinkKey key;
  bool withdrawn = false;
  friend bool operator==(const DetachLink&, const DetachLink&) = default;
};

// All links below a backend directory are gone: of the backend, or of one class, or of one class and one frontend.
// Those that are no device's (kTargetClass, kNodeClass) have no such directory.
struct DetachBelow {
  DomId backend;
  std::optional<std::string> device_class;
  std::optional<DomId> frontend;
  friend bool operator==(const DetachBelow&, const DetachBelow&) = default;
};

// A write to xenstore that would make a domain or a link, but whose meaning cannot be told. Refused in
// enforcing mode, whatever it was meant to be.
struct MalformedWrite {
  std::string path;
  std::string why;
  friend bool operator==(const MalformedWrite&, const MalformedWrite&) = default;
};

// Binds a label to a domain's name (and uuid, where one is given); for Domain-0 it takes effect at once.
struct LabelDomain {
  DomainName name;
  std::optional<Uuid> uuid;
  std::string label;
  std::optional<std::string> policy;  // none: the enforced one
  friend bool operator==(const LabelDomain&, const LabelDomain&) = default;
};

struct UnlabelDomain {
  DomainName name;
  friend bool operator==(const UnlabelDomain&, const UnlabelDomain&) = default;
};

struct LabelResource {
  Resource resource;
  std::string label;
  std::optional<std::string> policy;
  friend bool operator==(const LabelResource&, const LabelResource&) = default;
};

struct UnlabelResource {
  Resource resource;
  friend bool operator==(const UnlabelResource&, const UnlabelResource&) = default;
};

// What is to become of a label whose name and thing have come apart (docs/resources.md, "Mends").
enum class Mend {
  adopt,        // what is at the name now is the labelled thing
  rename,       // the labelled thing has a new name
  forget_mark,  // what carries the mark is a copy: the mark goes, the label stays with the original
};

[[nodiscard]] std::string_view to_text(Mend mend);  // "adopt", "rename", "forget_mark"

struct RepairResource {
  Resource resource;
  Mend mend = Mend::adopt;
  std::optional<Resource> to;  // rename: the new name
  friend bool operator==(const RepairResource&, const RepairResource&) = default;
};

// A domain has at most this many network interfaces: what its configuration can list, with room to spare.
inline constexpr std::uint32_t kMaxVifs = 1024;

// A network interface, by its domain and its number.
struct VifName {
  DomainName domain;
  std::uint32_t index = 0;
  friend auto operator<=>(const VifName&, const VifName&) = default;
  [[nodiscard]] std::string text() const { return "vif-" + std::to_string(index) + " of " + domain.get(); }
};

struct LabelVif {
  VifName vif;
  std::string label;  // a resource label
  std::optional<std::string> policy;
  friend bool operator==(const LabelVif&, const LabelVif&) = default;
};

struct UnlabelVif {
  VifName vif;
  friend bool operator==(const UnlabelVif&, const UnlabelVif&) = default;
};

// Installs a policy. `document` is what `compiled` was made of.
struct SetPolicy {
  std::shared_ptr<const policy::Compiled> compiled;
  std::shared_ptr<const std::string> document;
  // Percent of the labelled domains, and of the labelled resources, that may lose their labels' meaning: more is
  // refused.
  unsigned most_invalidated = 100;
  // Goes back to a policy that was in force before `digest`, the one that is now: its labels by the names that they
  // have under it, in place of the version chain and of from=.
  struct Back {
    std::string digest;
    policy::Lineage lineage;
    friend bool operator==(const Back&, const Back&) = default;
  };
  std::optional<Back> back;
  std::optional<std::string> signature;  // of the document, base64
  std::optional<std::string> distrust;   // why the signature, or that there is none, forbids it; none: it does not
};

// Back to the DEFAULT policy (acm.md 4.2).
struct ResetPolicy {
  friend bool operator==(const ResetPolicy&, const ResetPolicy&) = default;
};

struct SetMode {
  Mode mode = Mode::enforcing;
  std::optional<std::string> label;  // none: of all labels that have no mode of their own
  friend bool operator==(const SetMode&, const SetMode&) = default;
};

using Request =
    std::variant<StartDomain, StopDomain, ReserveStart, LapseTicket, IntroduceDomain, RenameDomain, AdoptDomain,
                 AttachLink, AdoptLink, DetachLink, DetachBelow, MalformedWrite, LabelDomain, UnlabelDomain,
                 LabelResource, UnlabelResource, RepairResource, LabelVif, UnlabelVif, SetPolicy, ResetPolicy, SetMode>;

// The toolstacks that are known.
inline constexpr std::array<std::string_view, 3> kToolstacks{"xl", "libvirt", "xapi"};

// Who asks. Part of the audit record, never of the decision.
struct Caller {
  std::string via;  // gate, api, guard, daemon
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
  std::string executable;  // empty if it could not be told
  std::string toolstack;   // one of kToolstacks; empty if it is none of them
};

}  // namespace xenacm::monitor
