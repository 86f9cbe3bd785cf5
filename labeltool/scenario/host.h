// SPDX-License-Identifier: Apache-2.0
// A host made of the monitor alone: what a scenario's steps are played on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/decide.h"
#include "labeltool/scenario/step.h"

namespace xenacm::labeltool::scenario {

// What came of a step.
struct Answer {
  bool allowed = false;
  std::vector<monitor::Reason> reasons;  // against it; of an allowed step only in permissive mode
  std::string hindrance;                 // not empty: no verdict, the step cannot be carried out
  policy::PolicyRef policy;              // whose rules spoke
};

class Host {
 public:
  // Under the policy, in enforcing mode, with Domain-0 running under the policy's bootstrap label.
  explicit Host(const monitor::SetPolicy& policy);

  // What is refused or cannot be carried out changes nothing, but that the label which a start gives stays with the
  // domain's name, if the policy has it.
  Answer play(const Deed& deed);

  [[nodiscard]] const monitor::State& state() const { return state_; }
  // The label that a domain runs under, or would start with.
  [[nodiscard]] monitor::StoredLabel label_of(const monitor::DomainName& domain) const;

 private:
  // A device of a running domain, as the scenario named it.
  struct Attached {
    monitor::LinkKey key;
    Device device;
  };

  void keep_label(const Start& start);
  void bind(const Start& start);
  Answer ask(const monitor::Request& request);
  [[nodiscard]] Answer hindered(std::string why) const;

  Answer carry_out(const Start& start);
  Answer carry_out(const Stop& stop);
  Answer carry_out(const Attach& attach);
  Answer carry_out(const Detach& detach);
  Answer carry_out(const Label& label);
  Answer carry_out(const Unlabel& unlabel);
  Answer carry_out(const Relabel& relabel);
  Answer carry_out(const Install& install);
  Answer carry_out(const Reset& reset);
  Answer carry_out(const ChangeMode& change);

  Answer link(const Device& device, const monitor::LinkKey& key);
  void set_vif_label(const monitor::VifName& vif, const std::optional<std::string>& label);
  [[nodiscard]] std::uint32_t free_device(const std::string& device_class, monitor::DomId frontend) const;
  // The lowest above `after` that no domain has. Precondition: fewer domains run than there are ids.
  [[nodiscard]] monitor::DomId free_id(monitor::DomId after = monitor::kDomain0) const;

  monitor::State state_;
  std::vector<Attached> attached_;
};

}  // namespace xenacm::labeltool::scenario
