// SPDX-License-Identifier: Apache-2.0
// The rules about resources: disks, PCI devices, and what vifs are plugged into.
#include <algorithm>
#include <array>
#include <utility>

#include "enforcer/monitor/remedy.h"
#include "enforcer/monitor/resource_label.h"
#include "enforcer/monitor/rules.h"

namespace xenacm::monitor {

namespace {

using policy::Tables;

// What a resource is worth in a decision: the types of its label, or why nobody may use it.
struct ResourceTypes {
  std::string label;
  policy::BitRow ste;
  unsigned line = 0;
  std::string refusal;  // not empty: denied to everyone
};

ResourceTypes unlabelled(const Tables& tables) {
  return {std::string(policy::kUnlabeled), tables.ste(Tables::kUnlabeledRow), 0, {}};
}

ResourceTypes types_of(const Tables& tables, const StoredLabel& label) {
  const auto refused = [&](std::string why) { return ResourceTypes{label.label, {}, 0, std::move(why)}; };
  if (label.label == policy::kInaccessible) return refused("is labelled __INACCESSIBLE__: no domain may use it");
  if (!label.valid) return refused("carries the invalidated label " + label.text());
  if (label.policy != tables.ref.name) return refused("is labelled under another policy: " + label.text());
  const auto row = tables.find_resource_label(label.label);
  if (!row) return refused("carries the label " + label.text() + ", which the policy does not have");
  return {label.label, tables.ste(*row), tables.resource_labels[row->get()].line, {}};
}

// The manual's words (acm.md 5, create).
std::string access_denied(const ResourceName& resource) {
  const std::string_view kind = kind_of(resource);
  return std::string(kind == "pci" ? "VM's access to PCI device '" : "VM's access to block device '") + resource.get() +
         "' denied";
}

struct Words {
  std::string message;
  std::string remedy;
};

// `say` is asked for the words of a denial, and not before there is one.
template <class Say>
std::optional<Reason> shares_type(const State& state, const Subject& domain, const std::string& name,
                                  ResourceTypes types, Say say) {
  // A domain without a label that the policy knows: that is said of the domain.
  if (types.refusal.empty() && (!domain.row || policy::intersects(types.ste, state.tables().ste(*domain.row)))) {
    return std::nullopt;
  }
  Words words = say();
  if (!types.refusal.empty()) words.message += " (" + name + " " + types.refusal + ")";
  return Reason{
      .rule = Rule::resource,
      .message = std::move(words.message),
      .subject = party_of(state.tables(), domain),
      .object = {name, std::move(types.label), policy::type_names(types.ste, state.tables().ste_types), types.line},
      .remedy = std::move(words.remedy)};
}

constexpr const char* kNetworkDenied = "VM's access to network device denied. Check labeling";

bool has_several_types(policy::BitRow row) {
  std::size_t types = 0;
  policy::for_each_bit(row, [&](std::size_t) { ++types; });
  return types > 1;
}

// Of all labelled resources only those of the two kinds are looked at: they stand together, in the order of their
// names.
bool has_labelled_network(const State& state, const std::string& backend) {
  const auto is_backends = [&](const std::string& name) {
    const std::size_t at = name.find('@');
    return (at == std::string::npos ? kDomain0Name : std::string_view(name).substr(at + 1)) == backend;
  };
  const auto& all = state.resources();
  return std::ranges::any_of(std::array{"bridge:", "nic:"}, [&](const char* kind) {
    for (auto entry = all.lower_bound(ResourceName(kind)); entry != all.end(); ++entry) {
      if (!entry->first.get().starts_with(kind)) break;
      if (is_backends(entry->first.get())) return true;
    }
    return false;
  });
}

// A vif gets its label while its domain does not run; Domain-0 always does.
std::string first_stop(const State& state, const DomainName& domain) {
  return domain.get() != kDomain0Name && state.find_running(domain) != nullptr ? "stop " + domain.get() + ", then "
                                                                               : "";
}

// Collects what the labels of one vif say.
class VifLabels {
 public:
  VifLabels(const State& state, const Subject& frontend, std::string host)
      : state_(state), frontend_(frontend), host_(std::move(host)) {}

  void judge_own(const VifName& vif) {
    const auto own = state_.vif_labels().find(vif);
    if (own != state_.vif_labels().end())
      judge(vif.text(), own->second, "vif-" + std::to_string(vif.index) + " " + vif.domain.get());
  }

  void judge_named(std::string_view kind, const std::string& name) {
    if (name.empty()) return;
    judge_one(kind, name);
    // Open vSwitch's hotplug script takes BRIDGE.VLAN for the bridge.
    if (kind == "bridge" && name.find('.') != std::string::npos) judge_one(kind, name.substr(0, name.find('.')));
  }

  void require(const std::string& object, std::string remedy) {
    if (labelled_ || !reasons_.empty()) return;
    add({.rule = Rule::resource,
         .message = "'VIF' must be labeled",
         .subject = party_of(state_.tables(), frontend_),
         .object = {.name = object},
         .remedy = std::move(remedy)});
  }

  [[nodiscard]] std::vector<Reason> take() { return std::move(reasons_); }

 private:
  void add(Reason reason) { reasons_.push_back(std::move(reason)); }

  void judge_one(std::string_view kind, const std::string& name) {
    const auto resource = network_name(kind, name, host_);
    if (!resource) {
      return add({.rule = Rule::resource,
                  .message = resource.error(),
                  .subject = party_of(state_.tables(), frontend_),
                  .object = {.name = "vif"},
                  .remedy = "name a " + std::string(kind) + " of " + host_});
    }
    const auto found = state_.resources().find(*resource);
    if (found == state_.resources().end()) return;
    judge(resource->get(), found->second.label, "res " + resource->get());
  }

  void judge(const std::string& object, const StoredLabel& label, const std::string& words) {
    labelled_ = true;
    auto reason = shares_type(state_, frontend_, object, types_of(state_.tables(), label), [&] {
      const std::string first = first_stop(state_, frontend_.name);  // its vif's label, or what it is plugged into
      return Words{kNetworkDenied, "give " + object + " a label that shares a type with " + frontend_.label.label +
                                       " (" + first + "labeltool rmlabel " + words +
                                       ", then labeltool addlabel LABEL " + words + ")"};
    });
    if (reason) add(*std::move(reason));
  }

  const State& state_;
  const Subject& frontend_;
  std::string host_;  // name of the backend
  bool labelled_ = false;
  std::vector<Reason> reasons_;
};

}  // namespace

std::optional<Reason> resource_rule(const State& state, const Subject& domain, const Resource& resource) {
  const FoundLabel found = find_label(state, resource);
  if (!found.contradiction.empty()) {
    return Reason{.rule = Rule::integrity,
                  .message = found.contradiction,
                  .subject = party_of(state.tables(), domain),
                  .object = {.name = resource.name.get()},
                  .remedy = found.mend};
  }
  const std::string& name = resource.name.get();
  if (resource.absent && found.record == nullptr) {
    return Reason{.rule = Rule::integrity,
                  .message = "there is nothing at '" + name + "': what a backend would open there cannot be told",
                  .subject = party_of(state.tables(), domain),
                  .object = {.name = name},
                  .remedy =
                      "name the disk by its absolute path, once it is there; or, where a script makes it, label "
                      "the name: " +
                      remedy::addlabel(resource.name)};
  }
  ResourceTypes types =
      found.record != nullptr ? types_of(state.tables(), found.record->second.label) : unlabelled(state.tables());
  return shares_type(state, domain, name, std::move(types), [&] {
    const std::string label = "label " + name + " with a label that shares a type with " + domain.label.label;
    return Words{access_denied(resource.name),
                 found.record != nullptr ? remedy::rmlabel(found.record->first) + ", then " + label : label};
  });
}

std::vector<Reason> vif_rules(const State& state, const Subject& frontend, const Subject& backend, const VifName& vif,
                              const Network& network) {
  const std::string host = configured_name(backend.name).get();
  VifLabels labels(state, frontend, host);
  labels.judge_own(vif);
  labels.judge_named("bridge", network.bridge);
  labels.judge_named("nic", network.nic);
  // Which of its networks a backend takes for a vif that names none cannot be known; it matters where they have labels.
  if (network.bridge.empty() && network.nic.empty() && has_labelled_network(state, host)) {
    labels.require("vif", "name the bridge (bridge=NAME) of " + host);
  }
  // Domain-0 holds every type, so there the network's type is unknown without a label; a driver domain's own tells it.
  if (host == kDomain0Name && frontend.row && has_several_types(state.tables().ste(*frontend.row))) {
    const std::string own = first_stop(state, frontend.name) + "labeltool addlabel LABEL vif-" +
                            std::to_string(vif.index) + " " + vif.domain.get();
    const auto bridge = network_name("bridge", network.bridge, host);
    labels.require(bridge ? bridge->get() : vif.text(), bridge ? remedy::addlabel(*bridge) + ", or " + own : own);
  }
  return labels.take();
}

}  // namespace xenacm::monitor
