// SPDX-License-Identifier: Apache-2.0
// Which label a resource carries: by what it is, by what it is called, and what if the two disagree (architecture,
// "Labels"; docs/resources.md).
#pragma once

#include <optional>
#include <string>

#include "enforcer/monitor/state.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

struct FoundLabel {
  // The record that it carries its label by, in the state that was asked; none: unlabelled, or contradictory.
  const ResourceRecords::Record* record = nullptr;
  // Not empty: name and thing contradict each other, in a sentence; nobody may use the resource.
  std::string contradiction;
  std::string mend;      // what an administrator can do about it
  bool unbound = false;  // the record knows no thing yet, and one is there now
};

[[nodiscard]] FoundLabel find_label(const State& state, const Resource& resource);

// The record that an administrator means: the one under the very name that was typed goes first, for that is the way
// out where name and thing contradict each other; then the one under the name it leads to, then the thing's.
[[nodiscard]] const ResourceRecords::Record* record_named(const State& state, const Resource& resource);

// A resource keeps its label, or its lack of one, while a domain uses it (decisions.md 12): in a link on record, as
// disk, PCI device, bridge or NIC.
[[nodiscard]] std::optional<Fault> in_use(const State& state, const Resource& resource);

// A label that was given before there was anything at its name belongs, from the first use on, to what is there then.
void bind(const State& state, const Resource& resource, Delta& delta);

// The label of what a vif is: its own, else that of its bridge, else that of its NIC. Of a disk: its first one's.
[[nodiscard]] std::optional<StoredLabel> label_of_link(const State& state, const Link& link);

}  // namespace xenacm::monitor
