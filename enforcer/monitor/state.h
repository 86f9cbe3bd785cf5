// SPDX-License-Identifier: Apache-2.0
// Everything the monitor decides on. Pure: a value, changed only by `apply`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "enforcer/monitor/chinese_wall.h"
#include "enforcer/monitor/delta.h"

namespace xenacm::monitor {

class State {
 public:
  // Under `policy`, with Domain-0 running under its bootstrap label and nothing else known.
  State(std::shared_ptr<const policy::Compiled> policy, std::shared_ptr<const std::string> document);

  void apply(const Change& change);
  void apply(const Delta& delta);

  [[nodiscard]] const policy::Tables& tables() const { return policy_->tables; }
  [[nodiscard]] const policy::Compiled& policy() const { return *policy_; }
  [[nodiscard]] const std::string& document() const { return *document_; }
  [[nodiscard]] const ChineseWall& wall() const { return wall_; }
  [[nodiscard]] const std::map<DomainName, Binding>& bindings() const { return bindings_; }
  [[nodiscard]] const std::map<ResourceName, LabelledResource>& resources() const { return resources_; }
  [[nodiscard]] const std::map<VifName, StoredLabel>& vif_labels() const { return vif_labels_; }
  [[nodiscard]] const std::map<DomId, RunningDomain>& running() const { return running_; }
  [[nodiscard]] const std::map<std::string, Ticket>& tickets() const { return tickets_; }
  [[nodiscard]] const std::map<LinkKey, Link>& links() const { return links_; }
  [[nodiscard]] const std::map<std::string, Mode>& modes() const { return modes_; }

  // The mode for a domain label; the empty label asks for the global mode.
  [[nodiscard]] Mode mode(const std::string& label = {}) const;

  // The row of a stored label under the enforced policy. None: INV_ACM, another policy's, or not in the policy.
  [[nodiscard]] std::optional<policy::VmLabelId> row_of(const StoredLabel& label) const;
  // INVARIANT: Domain-0 is always running, under a label that the policy declares.
  [[nodiscard]] const RunningDomain& domain0() const { return running_.at(kDomain0); }
  [[nodiscard]] policy::VmLabelId domain0_row() const { return *row_of(domain0().label); }

  // Records of resources by what they share with a thing: its place (place_of), its identity's place, or its mark.
  // Where the world has changed since they were made there may be several.
  [[nodiscard]] std::set<ResourceName> recorded_at(std::string_view place) const;
  [[nodiscard]] std::set<ResourceName> recorded_as(const Identity& identity) const;

  [[nodiscard]] const RunningDomain* find_running(DomId domid) const;
  [[nodiscard]] const RunningDomain* find_running(const DomainName& name) const;

 private:
  void recount();
  void drop_resource(const ResourceName& name);

  std::shared_ptr<const policy::Compiled> policy_;
  std::shared_ptr<const std::string> document_;
  ChineseWall wall_;
  std::map<DomainName, Binding> bindings_;
  std::map<ResourceName, LabelledResource> resources_;
  std::multimap<std::string, ResourceName, std::less<>> traces_;  // place, identity's place and mark of each of them
  std::map<VifName, StoredLabel> vif_labels_;
  std::map<DomId, RunningDomain> running_;
  std::map<std::string, Ticket> tickets_;
  std::map<LinkKey, Link> links_;
  std::map<std::string, Mode> modes_;  // key: label, or empty for the global mode
};

// Of a host that nobody has told anything: under DEFAULT, permissive.
[[nodiscard]] State initial_state();

}  // namespace xenacm::monitor
