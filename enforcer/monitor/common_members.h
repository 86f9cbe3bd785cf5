// SPDX-License-Identifier: Apache-2.0
// The members of what requests and rows of the state have in common (json_members.h).
#pragma once

#include "enforcer/monitor/delta.h"
#include "enforcer/monitor/json_members.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::monitor {

template <>
inline constexpr std::array kValues<Mode>{Mode::enforcing, Mode::permissive};

template <class Archive>
void members(Archive& archive, Is<Archive, StoredLabel>& label) {
  archive("policy", label.policy);
  archive("label", label.label);
  archive("valid", label.valid);
}

template <class Archive>
void members(Archive& archive, Is<Archive, Identity>& identity) {
  archive("place", identity.place);
  archive.maybe("birth", identity.birth);
  archive.maybe("mark", identity.mark);
}

template <class Archive>
void members(Archive& archive, Is<Archive, Resource>& resource) {
  archive("name", resource.name);
  archive.maybe("identity", resource.identity);
  archive.maybe("trouble", resource.trouble);
  archive.maybe("absent", resource.absent);
  archive.maybe("typed", resource.typed);
}

template <class Archive>
void members(Archive& archive, Is<Archive, LinkKey>& key) {
  archive("class", key.device_class);
  archive("frontend", key.frontend);
  archive("backend", key.backend);
  archive("device", key.device);
}

template <class Archive>
void members(Archive& archive, Is<Archive, Network>& network) {
  archive.maybe("bridge", network.bridge);
  archive.maybe("nic", network.nic);
}

template <class Archive>
void members(Archive& archive, Is<Archive, VifName>& vif) {
  archive("domain", vif.domain);
  archive("index", vif.index);
}

}  // namespace xenacm::monitor
