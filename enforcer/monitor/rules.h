// SPDX-License-Identifier: Apache-2.0
// The rules themselves, each once: what speaks against a domain, a link or a resource access under a given state.
//
// Internal to the monitor. Each function answers with the reason for a refusal, or nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/decide.h"

namespace xenacm::monitor {

// A domain with its label and the row that the label has under the enforced policy.
struct Subject {
  DomainName name;
  StoredLabel label;
  std::optional<policy::VmLabelId> row;
};

// A domain as the STE rules see it.
[[nodiscard]] Party party_of(const policy::Tables& tables, const Subject& domain);

[[nodiscard]] Subject subject_of(const State& state, const RunningDomain& domain);

// label: the policy knows the domain's label (decisions.md 9, 10).
[[nodiscard]] std::optional<Reason> label_rule(const State& state, const Subject& domain);

// The three below have a precondition: label_rule found nothing against the subjects.

// authorization: STE(domain) is not empty and a subset of STE(Domain-0) (decisions.md 2).
[[nodiscard]] std::optional<Reason> authorization_rule(const State& state, const Subject& domain);

// chinese-wall: no type of the domain's label conflicts with what runs (acm.md 3.3). A reason for each conflict set.
[[nodiscard]] std::vector<Reason> chinese_wall_rules(const State& state, const Subject& domain);

// ste: two domains that are to be linked share a type (decisions.md, "Links between domains").
[[nodiscard]] std::optional<Reason> link_rule(const State& state, const Subject& frontend, const Subject& backend);

// resource: the label of a disk or PCI device shares a type with the domain's; an unlabelled one counts as
// __UNLABELED__ (decisions.md 9, 10). integrity: its name and what is there contradict each other. A domain whose label
// the policy does not know is refused what nobody may use. resource_rules.cpp
[[nodiscard]] std::optional<Reason> resource_rule(const State& state, const Subject& domain, const Resource& resource);

// resource: the labels of a vif, of the bridge and of the NIC that it names, where there are or must be any
// (decisions.md, "Links", vif). resource_rules.cpp
[[nodiscard]] std::vector<Reason> vif_rules(const State& state, const Subject& frontend, const Subject& backend,
                                            const VifName& vif, const Network& network);

// The verdict that follows: a reason denies, unless the mode of the subject's label is permissive. A denial changes
// nothing.
[[nodiscard]] Decided conclude(const State& state, const StoredLabel& subject, std::vector<Reason> reasons,
                               Delta delta);

// The verdict on a change that an administrator is free to make.
[[nodiscard]] Decided allow(const State& state, Delta delta);

}  // namespace xenacm::monitor
