// SPDX-License-Identifier: Apache-2.0
// Everything the monitor decides on. Pure: a value, changed only by `apply`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "enforcer/monitor/chinese_wall.h"
#include "enforcer/monitor/delta.h"
#include "enforcer/monitor/resource_records.h"

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
  [[nodiscard]] const std::map<ResourceName, LabelledResource>& resources() const { return resources_.all(); }
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

  [[nodiscard]] const ResourceRecords& records() const { return resources_; }

  // Of those bound to the uuid the first by name; none: null.
  [[nodiscard]] const std::pair<const DomainName, Binding>* find_bound(const Uuid& uuid) const;
  // The links that have the domain at one of their ends.
  [[nodiscard]] std::vector<LinkKey> links_of(DomId domid) const;

  [[nodiscard]] const RunningDomain* find_running(DomId domid) const;
  [[nodiscard]] const RunningDomain* find_running(const DomainName& name) const;

 private:
  void recount();
  void drop_binding(const DomainName& name);
  void drop_running(DomId domid);
  void drop_link(const LinkKey& key);

  std::shared_ptr<const policy::Compiled> policy_;
  std::shared_ptr<const std::string> document_;
  ChineseWall wall_;
  std::map<DomainName, Binding> bindings_;
  std::map<Uuid, std::set<DomainName>> bound_uuids_;  // of the bindings that have one
  ResourceRecords resources_;
  std::map<VifName, StoredLabel> vif_labels_;
  std::map<DomId, RunningDomain> running_;
  std::map<DomainName, std::set<DomId>> running_names_;
  std::map<std::string, Ticket> tickets_;
  std::map<LinkKey, Link> links_;
  std::set<std::pair<DomId, LinkKey>> link_ends_;  // each link under both its ends
  std::map<std::string, Mode> modes_;              // key: label, or empty for the global mode
};

// Of a host that nobody has told anything: under DEFAULT, permissive.
[[nodiscard]] State initial_state();

}  // namespace xenacm::monitor
